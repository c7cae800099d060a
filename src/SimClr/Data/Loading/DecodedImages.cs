using System.Collections.Concurrent;
using SimClr.Images;

namespace SimClr.Data;

/// <summary>
/// The images of a dataset, decoded, as far as they fit a bound in bytes. An epoch visits every image once, so the one that
/// was seen longest ago is the next to be seen again and replacing it would be the worst that one can do: what came first stays.
/// Remembers every image's size. For all threads at once.
/// </summary>
internal sealed class DecodedImages
{
    private const int Overhead = 128;            // of an entry, in addition to its pixels
    private const ulong FullSizeOnly = 1UL << 63; // combined with a width below 2^31 and a height below 2^32

    private readonly IImageDataset _dataset;
    private readonly ConcurrentDictionary<(int Index, int Shrink), DecodedImage>? _kept;
    private readonly ulong[] _sizes; // by index; 0 is not known yet
    private long _bytesLeft;

    /// <param name="dataset">The images.</param>
    /// <param name="cacheBytes">The bound; null is a quarter of the memory that the process may use, 0 keeps nothing.</param>
    public DecodedImages(IImageDataset dataset, long? cacheBytes)
    {
        _dataset = dataset;
        _sizes = new ulong[dataset.Count];
        _bytesLeft = cacheBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
        _kept = dataset.IsInMemory || _bytesLeft == 0 ? null : [];
    }

    public static void ValidateBound(long? cacheBytes)
    {
        if (cacheBytes < 0) throw new ArgumentException($"CacheBytes must be at least 0, or null, got {cacheBytes}.");
    }

    /// <summary>Number of images kept; one that is kept at two shrinks counts twice.</summary>
    public int Kept => _kept?.Count ?? 0;

    /// <summary>An image's full size, or null when it must be loaded at full size to know; this then remembers it.</summary>
    /// <exception cref="DataException">The image cannot be read.</exception>
    public (int Width, int Height)? Size(int index)
    {
        var known = Volatile.Read(ref _sizes[index]);
        if (known != 0) return Unpack(known);
        if (_dataset.Size(index) is not { } size) return null;
        Volatile.Write(ref _sizes[index], Pack(size.Width, size.Height));
        return size;
    }

    /// <summary>An image at a shrink; at full size where it has no other, or where <see cref="Size"/> was not asked.</summary>
    /// <param name="index">Which image.</param>
    /// <param name="shrink">1, 2, 4 or 8.</param>
    /// <param name="memory">The calling thread's; holds the result unless it was kept.</param>
    /// <exception cref="DataException">The image cannot be read.</exception>
    public DecodedImage Load(int index, int shrink, RgbImage memory)
    {
        var known = Volatile.Read(ref _sizes[index]);
        if (known == 0 || (known & FullSizeOnly) != 0) shrink = 1;
        if (_kept is not null && _kept.TryGetValue((index, shrink), out var kept)) return kept;
        var decoded = _dataset.Load(index, shrink, memory);
        if (known == 0 || (decoded.Shrink == 1 && shrink > 1))
        {
            shrink = decoded.Shrink;
            known = Learn(index, known, decoded);
        }
        var (width, height) = Unpack(known);
        if (decoded.Image.Width != Shrunk(width, decoded.Shrink) || decoded.Image.Height != Shrunk(height, decoded.Shrink))
            throw new DataException($"{_dataset.Describe(index)}: its header says {width}x{height} pixels, and it has others");
        if (_kept is not null) Keep(index, shrink, decoded, memory);
        return decoded;
    }

    /// <summary>An image that came at full size although a smaller one would have done always will.</summary>
    private ulong Learn(int index, ulong known, DecodedImage decoded)
    {
        if (known == 0) known = Pack(decoded.Image.Width, decoded.Image.Height);
        known |= FullSizeOnly;
        Volatile.Write(ref _sizes[index], known);
        return known;
    }

    private void Keep(int index, int shrink, DecodedImage decoded, RgbImage memory)
    {
        var bytes = decoded.Image.Pixels.Length + Overhead;
        if (Interlocked.Add(ref _bytesLeft, -bytes) < 0)
        {
            Interlocked.Add(ref _bytesLeft, bytes);
            return;
        }
        // The dataset's own images are not written to by anyone, and need no copy.
        var image = ReferenceEquals(decoded.Image, memory) ? decoded.Image.Copy() : decoded.Image;
        if (!_kept!.TryAdd((index, shrink), decoded with { Image = image })) Interlocked.Add(ref _bytesLeft, bytes);
    }

    private static int Shrunk(int side, int shrink) => (side + shrink - 1) / shrink;

    private static ulong Pack(int width, int height) => ((ulong)width << 32) | (uint)height;

    private static (int Width, int Height) Unpack(ulong size) => ((int)((size & ~FullSizeOnly) >> 32), (int)(uint)size);
}
