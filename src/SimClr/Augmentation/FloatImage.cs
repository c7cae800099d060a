using System.Numerics;
using System.Runtime.InteropServices;
using SimClr.Images;

namespace SimClr.Augmentation;

/// <summary>
/// A colour picture being worked on: three planes of float32, nominally in [0, 1]. Reshaping reuses the memory, so that a
/// warm image allocates nothing. Planes start at multiples of the vector length; what lies between them is padding that
/// vector code may read and write. Not for two threads at once.
/// </summary>
public sealed class FloatImage
{
    private float[] _planes = [];
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

    /// <summary>A plane and the padding behind it, as vectors.</summary>
    internal Span<Vector<float>> Vectors(int channel) =>
        MemoryMarshal.Cast<float, Vector<float>>(_planes.AsSpan(channel * _stride, _stride));

    /// <summary>One channel by number, red 0; <c>[H, W]</c> row-major.</summary>
    public Span<float> Plane(int channel) => _planes.AsSpan(channel * _stride, Width * Height);

    /// <summary>Gives the image a size; the pixels are undefined afterwards.</summary>
    public void Reshape(int width, int height)
    {
        var lanes = Vector<float>.Count;
        _stride = (checked(width * height) + lanes - 1) / lanes * lanes;
        if (_planes.Length < 3 * _stride) _planes = new float[checked(3 * _stride)];
        (Width, Height) = (width, height);
    }

    /// <summary>Brings every value into [0, 1].</summary>
    internal void Clamp()
    {
        for (var channel = 0; channel < 3; channel++)
            foreach (ref var v in Vectors(channel)) v = Clamped(v);
    }

    /// <summary>The nearest 8-bit picture.</summary>
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

    internal static Vector<float> Clamped(Vector<float> v) => Vector.Min(Vector.Max(v, Vector<float>.Zero), Vector<float>.One);
}
