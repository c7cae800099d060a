using System.Numerics;
using System.Runtime.InteropServices;

namespace SimClr.Augmentation;

/// <summary>A view rounded to 8 bits, as three planes, with room for a second one; lives in memory that is used again.</summary>
internal ref struct ByteImage
{
    private Span<byte> _pixels;
    private Span<byte> _spare;

    /// <summary>Rounds a view.</summary>
    /// <param name="view">Values in [0, 1].</param>
    /// <param name="memory">Another image, whose pixels are lost.</param>
    public ByteImage(FloatImage view, FloatImage memory)
    {
        (Width, Height) = (view.Width, view.Height);
        memory.Reshape(Width, Height);
        // A plane of floats holds four planes of bytes.
        _pixels = MemoryMarshal.AsBytes(memory.Plane(0))[..(3 * Size)];
        _spare = MemoryMarshal.AsBytes(memory.Plane(1))[..(3 * Size)];
        for (var channel = 0; channel < 3; channel++) Round(view.Plane(channel), Plane(channel));
    }

    public readonly int Width { get; }

    public readonly int Height { get; }

    public readonly int Size => Width * Height;

    /// <summary>All pixels, plane by plane.</summary>
    public readonly Span<byte> Pixels => _pixels;

    /// <summary>As long as <see cref="Pixels"/>, with undefined content.</summary>
    public readonly Span<byte> Spare => _spare;

    public readonly Span<byte> Plane(int channel) => _pixels.Slice(channel * Size, Size);

    /// <summary>Exchanges the image and <see cref="Spare"/>, which was written to.</summary>
    public void Swap()
    {
        var pixels = _pixels;
        _pixels = _spare;
        _spare = pixels;
    }

    public readonly void CopyTo(FloatImage view)
    {
        for (var channel = 0; channel < 3; channel++) Widen(Plane(channel), view.Plane(channel));
    }

    /// <summary>The luma in 16 bits of fixed point, as Pillow converts to "L".</summary>
    public static int Luma(byte red, byte green, byte blue) => (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;

    private static void Round(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i <= bytes.Length - 4 * lanes; i += 4 * lanes)
        {
            var low = Vector.Narrow(Rounded(values[i..]), Rounded(values[(i + lanes)..]));
            var high = Vector.Narrow(Rounded(values[(i + 2 * lanes)..]), Rounded(values[(i + 3 * lanes)..]));
            Vector.Narrow(low, high).CopyTo(bytes[i..]);
        }
        for (; i < bytes.Length; i++) bytes[i] = (byte)(Math.Clamp(values[i], 0f, 1f) * 255f + 0.5f);
    }

    private static Vector<uint> Rounded(ReadOnlySpan<float> values)
    {
        var clamped = Vector.Min(Vector.Max(new Vector<float>(values), Vector<float>.Zero), Vector<float>.One);
        return Vector.AsVectorUInt32(Vector.ConvertToInt32(clamped * 255f + new Vector<float>(0.5f)));
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i <= bytes.Length - 4 * lanes; i += 4 * lanes)
        {
            Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out var high);
            Widen(low, values[i..]);
            Widen(high, values[(i + 2 * lanes)..]);
        }
        for (; i < bytes.Length; i++) values[i] = bytes[i] / 255f;
    }

    private static void Widen(Vector<ushort> bytes, Span<float> values)
    {
        Vector.Widen(bytes, out Vector<uint> low, out var high);
        (Vector.ConvertToSingle(Vector.AsVectorInt32(low)) / 255f).CopyTo(values);
        (Vector.ConvertToSingle(Vector.AsVectorInt32(high)) / 255f).CopyTo(values[Vector<float>.Count..]);
    }
}
