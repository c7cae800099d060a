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
        for (var channel = 0; channel < 3; channel++)
        {
            var bytes = Plane(channel);
            var plane = view.Plane(channel)[..bytes.Length];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(Math.Clamp(plane[i], 0f, 1f) * 255f + 0.5f);
        }
    }

    public readonly int Width { get; }

    public readonly int Height { get; }

    public readonly int Size => Width * Height;

    /// <summary>All pixels, plane by plane.</summary>
    public readonly Span<byte> Pixels => _pixels;

    /// <summary>As long as <see cref="Pixels"/>, with undefined content.</summary>
    public readonly Span<byte> Spare => _spare;

    public readonly Span<byte> Plane(int channel) => _pixels.Slice(channel * Size, Size);

    /// <summary>Makes what was written to <see cref="Spare"/> the picture.</summary>
    public void Swap()
    {
        var pixels = _pixels;
        _pixels = _spare;
        _spare = pixels;
    }

    public readonly void CopyTo(FloatImage view)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var bytes = Plane(channel);
            var plane = view.Plane(channel)[..bytes.Length];
            for (var i = 0; i < bytes.Length; i++) plane[i] = bytes[i] / 255f;
        }
    }

    /// <summary>The luma in 16 bits of fixed point, as Pillow converts to "L".</summary>
    public static int Luma(byte red, byte green, byte blue) => (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
}
