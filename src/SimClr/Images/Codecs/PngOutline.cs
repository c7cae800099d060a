using System.Buffers.Binary;

namespace SimClr.Images;

/// <summary>
/// The chunks of a PNG that its pixels depend on. libpng inflates and keeps every compressed text, profile and palette of a
/// file, before and behind the pixels, up to 8 MB each; so it is given none. Color profiles are not applied, and an orientation
/// is read from other formats only, so that the pixels are the same without them.
/// </summary>
internal static class PngOutline
{
    private const int Frame = 12; // length, type and checksum

    /// <summary>
    /// How many bytes <see cref="CopyNeeded"/> copies; all of them where nothing is to be left out before the end.
    /// </summary>
    /// <exception cref="ImageFormatException">There are more chunks than <see cref="ImageStructure.MaxParts"/>.</exception>
    public static int NeededLength(ReadOnlySpan<byte> png)
    {
        var walk = new Walk(png);
        var left = 0;
        while (walk.Next()) if (!walk.IsNeeded) left += walk.Length;
        return png.Length - left;
    }

    /// <summary>Copies the signature, the chunks that are needed, and whatever is not made of whole chunks.</summary>
    public static void CopyNeeded(ReadOnlySpan<byte> png, Span<byte> destination)
    {
        var walk = new Walk(png);
        var (from, to) = (0, 0); // what is needed is copied in as long pieces as there are
        while (walk.Next())
        {
            if (walk.IsNeeded) continue;
            Copy(png[from..walk.Start], destination, ref to);
            from = walk.Start + walk.Length;
        }
        Copy(png[from..], destination, ref to);
    }

    private static void Copy(ReadOnlySpan<byte> piece, Span<byte> destination, ref int to)
    {
        piece.CopyTo(destination[to..]);
        to += piece.Length;
    }

    /// <summary>From chunk to chunk, as far as they are whole, or to the end of the image.</summary>
    private ref struct Walk(ReadOnlySpan<byte> png)
    {
        private readonly ReadOnlySpan<byte> _png = png;
        private int _chunks, _end = 8;

        public int Start { get; private set; }

        public int Length { get; private set; }

        /// <summary>
        /// Whether the chunk is critical, which the first letter's case says, or the transparency of a palette or a color.
        /// </summary>
        public bool IsNeeded { get; private set; }

        public bool Next()
        {
            if (_end > _png.Length - Frame) return false;
            var length = BinaryPrimitives.ReadUInt32BigEndian(_png[_end..]);
            if (length > (uint)(_png.Length - _end - Frame)) return false;
            var type = _png.Slice(_end + 4, 4);
            if (type.SequenceEqual("IEND"u8)) return false; // nobody reads on
            ImageStructure.Count(ref _chunks, "PNG");
            IsNeeded = (type[0] & 0x20) == 0 || type.SequenceEqual("tRNS"u8);
            (Start, Length) = (_end, (int)length + Frame);
            _end += Length;
            return true;
        }
    }
}
