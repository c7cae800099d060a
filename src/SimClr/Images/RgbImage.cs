namespace SimClr.Images;

/// <summary>An 8-bit RGB image: <c>[H, W, 3]</c>, row-major, interleaved, sRGB code values 0..255.</summary>
public sealed class RgbImage
{
    private byte[] _pixels;

    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Width W in pixels, at least 1.</param>
    /// <param name="height">Height H in pixels, at least 1.</param>
    /// <param name="pixels"><c>[H, W, 3]</c> bytes; the image takes ownership of the array.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    /// <exception cref="ArgumentException">The array does not hold exactly H·W·3 bytes.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != 3L * width * height)
            throw new ArgumentException(
                $"{width}x{height} RGB needs {3L * width * height} bytes, got {pixels.LongLength}.", nameof(pixels));
        (Width, Height, _pixels) = (width, height, pixels);
    }

    /// <summary>An all-black image.</summary>
    public RgbImage(int width, int height) : this(width, height, new byte[checked(3 * width * height)]) { }

    /// <summary>Width W in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Height H in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>The pixels, <c>[H, W, 3]</c>, red first. Treat as read-only once an image is shared between threads.</summary>
    public Span<byte> Pixels => _pixels.AsSpan(0, 3 * Width * Height);

    /// <summary>
    /// Makes this an image of another size whose pixels are undefined. Memory grows to the largest size there was and is used
    /// again, so that images of any sizes can be decoded one after the other without allocating.
    /// </summary>
    /// <param name="width">Width W in pixels, at least 1.</param>
    /// <param name="height">Height H in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    /// <exception cref="OverflowException">The image needs more memory than one array can hold.</exception>
    public void Reshape(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var length = checked(3 * width * height);
        if (_pixels.Length < length) _pixels = GC.AllocateUninitializedArray<byte>(length);
        (Width, Height) = (width, height);
    }

    /// <summary>How many bytes it holds, of which the pixels are the first.</summary>
    internal int Capacity => _pixels.Length;

    /// <summary>An image of the same size with pixels of its own.</summary>
    public RgbImage Copy() => new(Width, Height, Pixels.ToArray());
}
