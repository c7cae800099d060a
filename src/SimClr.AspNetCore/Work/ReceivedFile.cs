using System.Net;

namespace SimClr.AspNetCore;

/// <summary>The bytes of an image file that has arrived, or arrives.</summary>
/// <param name="memory">Where its pieces come from and go back to.</param>
/// <param name="client">Who sends it.</param>
internal sealed class ReceivedFile(UploadMemory memory, IPAddress client) : IDisposable
{
    private List<byte[]>? _pieces = [];

    /// <summary>How many bytes have arrived.</summary>
    public int Length { get; private set; }

    /// <summary>Reads a stream to its end.</summary>
    /// <returns>False as soon as there are more bytes than <paramref name="most"/>.</returns>
    /// <exception cref="RequestRefusedException">There is no memory left for this client.</exception>
    public async Task<bool> Receive(Stream body, long most, CancellationToken cancellationToken)
    {
        var pieces = _pieces ?? throw new ObjectDisposedException(nameof(ReceivedFile));
        var filled = 0;
        while (true)
        {
            if (filled == 0)
            {
                _ = await body.ReadAsync(Memory<byte>.Empty, cancellationToken); // waits: who sends nothing is given no memory
                pieces.Add(memory.Take(client));
            }
            var count = await body.ReadAsync(pieces[^1].AsMemory(filled), cancellationToken);
            if (count == 0) return true;
            if ((Length += count) > most) return false;
            filled = (filled + count) % UploadMemory.PieceLength;
        }
    }

    /// <summary>The first bytes, 64 KiB at most.</summary>
    public ReadOnlySpan<byte> Start => _pieces is [var first, ..] ? first.AsSpan(0, Math.Min(Length, first.Length)) : [];

    /// <summary>Copies all bytes.</summary>
    /// <param name="destination">At least <see cref="Length"/> long.</param>
    public void CopyTo(Span<byte> destination)
    {
        var left = destination[..Length];
        foreach (var piece in _pieces ?? throw new ObjectDisposedException(nameof(ReceivedFile)))
        {
            var count = Math.Min(piece.Length, left.Length);
            piece.AsSpan(0, count).CopyTo(left);
            left = left[count..];
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pieces, null) is { } pieces) memory.End(client, pieces);
    }
}
