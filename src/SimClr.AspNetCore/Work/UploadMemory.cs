using System.Net;

namespace SimClr.AspNetCore;

/// <summary>
/// The memory of images that arrive or wait: pieces of one length, taken when bytes have come to fill them and used again.
/// How many bytes and how many images there are at once is bounded, and shared out among clients.
/// </summary>
/// <param name="limits">The bounds.</param>
internal sealed class UploadMemory(ServerLimits limits)
{
    /// <summary>Bytes in a piece; short enough to stay out of the heap of large objects.</summary>
    public const int PieceLength = 64 * 1024;

    private readonly FairShare _bytes = new(limits.UploadBytes, limits.LargestUpload + PieceLength);
    private readonly FairShare _uploads = new(ServerLimits.MaxUploads, little: 1);
    private readonly Stack<byte[]> _pieces = [];

    /// <summary>Begins to receive an image; what is received is given back by disposing it.</summary>
    /// <param name="client">Whose share it is.</param>
    /// <exception cref="RequestRefusedException">Too many arrive at once.</exception>
    public ReceivedFile Begin(IPAddress client) =>
        _uploads.TryTake(client, 1) ? new ReceivedFile(this, client) : throw RequestRefusedException.Busy();

    /// <summary>Lets go of the pieces that nobody uses.</summary>
    public void Clear()
    {
        lock (_pieces) _pieces.Clear();
    }

    /// <summary>A piece for more bytes.</summary>
    /// <exception cref="RequestRefusedException">There is no memory left for this client.</exception>
    public byte[] Take(IPAddress client)
    {
        if (!_bytes.TryTake(client, PieceLength)) throw RequestRefusedException.Busy();
        lock (_pieces)
            if (_pieces.TryPop(out var piece)) return piece;
        return GC.AllocateUninitializedArray<byte>(PieceLength);
    }

    /// <summary>Ends an image.</summary>
    public void End(IPAddress client, List<byte[]> pieces)
    {
        lock (_pieces)
            foreach (var piece in pieces)
                _pieces.Push(piece);
        _bytes.Return(client, (long)pieces.Count * PieceLength);
        _uploads.Return(client, 1);
    }
}
