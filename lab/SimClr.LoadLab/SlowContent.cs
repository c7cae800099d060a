using System.Net;

namespace SimClr.LoadLab;

/// <summary>A body that comes in pieces, a quarter of a second apart.</summary>
/// <param name="bytes">All of it.</param>
/// <param name="pieces">How many pieces there are.</param>
/// <param name="stops">Whether the sender breaks off in the middle.</param>
internal sealed class SlowContent(byte[] bytes, int pieces, bool stops) : HttpContent
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var length = (bytes.Length / pieces) + 1;
        for (var from = 0; from < bytes.Length; from += length)
        {
            if (stops && from > bytes.Length / 2) throw new IOException("The sender has left.");
            await stream.WriteAsync(bytes.AsMemory(from, Math.Min(length, bytes.Length - from)), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Between, cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
