using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// A color image being worked on: three planes of float32, nominally in [0, 1]. Reshaping reuses the memory, so that a
/// warm image allocates nothing. Not for two threads at once.
/// </summary>
public sealed unsafe class FloatImage
{
    // Kernels work on whole vectors: what lies behind a plane is theirs to read and write.
    private const int Padding = 16;

    private readonly AlignedFloats _planes = new();
    private int _stride; // floats from one plane to the next

    /// <summary>Width W in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Height H in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>The red plane, <c>[H, W]</c> row-major.</summary>
    public Span<float> Red => Plane(0);

    /// <summary>The green plane.</summary>
    public Span<float> Green => Plane(1);

    /// <summary>The blue plane.</summary>
    public Span<float> Blue => Plane(2);

    /// <summary>Number of pixels H·W.</summary>
    internal int PixelCount => Width * Height;

    /// <summary>All planes, for kernels; each has room for another vector behind its last pixel.</summary>
    internal Planes Planes => new(_planes.Pointer, _planes.Pointer + _stride, _planes.Pointer + 2 * _stride);

    /// <summary>One channel by number, red 0; <c>[H, W]</c> row-major.</summary>
    public Span<float> Plane(int channel) => _planes.Slice(channel * _stride, Width * Height);

    /// <summary>Gives the image a size; the pixels are undefined afterwards.</summary>
    public void Reshape(int width, int height)
    {
        _stride = (checked(width * height) + 2 * Padding - 1) / Padding * Padding;
        _planes.Reserve(checked(3 * _stride));
        (Width, Height) = (width, height);
    }

    /// <summary>Mirrors left and right.</summary>
    internal void Flip()
    {
        for (var channel = 0; channel < 3; channel++)
            for (var y = 0; y < Height; y++) Plane(channel).Slice(y * Width, Width).Reverse();
    }

    /// <summary>The nearest 8-bit image.</summary>
    internal RgbImage ToRgb()
    {
        var result = new RgbImage(Width, Height);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = Plane(channel);
            for (var i = 0; i < plane.Length; i++)
                result.Pixels[3 * i + channel] = (byte)(Math.Clamp(plane[i], 0f, 1f) * 255f + 0.5f);
        }
        return result;
    }
}
