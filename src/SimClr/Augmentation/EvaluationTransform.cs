using System.Runtime.InteropServices;
using SimClr.Images;

namespace SimClr.Augmentation;

/// <summary>
/// The deterministic transform of evaluation: the shorter side is resized (antialiased), then the centre is cropped. From side 64
/// on, the resize aims at 8/7 of the side (256 for 224), as is usual for ImageNet; below, at the side itself. A picture that has
/// the output size already is only normalised.
/// </summary>
public sealed class EvaluationTransform
{
    private const int LongestSide = 1 << 30; // of which only the middle is rendered

    /// <summary>A transform to pictures of side <paramref name="size"/>.</summary>
    /// <param name="size">Side S in pixels, at least 1.</param>
    /// <param name="normalization">Applied last; the one the encoder was trained with.</param>
    /// <param name="interpolation">How pictures are resized.</param>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    public EvaluationTransform(int size, Normalization normalization, Interpolation interpolation = Interpolation.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentNullException.ThrowIfNull(normalization);
        (Size, Normalization, Interpolation) = (size, normalization.Validated(), interpolation);
    }

    /// <summary>Side S in pixels.</summary>
    public int Size { get; }

    /// <summary>The normalisation.</summary>
    public Normalization Normalization { get; }

    /// <summary>How pictures are resized.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>Number of floats of one picture, S·S·3.</summary>
    public int ViewLength => checked(3 * Size * Size);

    /// <summary>
    /// By how much a picture may be shrunk before it is rendered: the largest of 8, 4, 2 and 1 at which its shorter side is still
    /// as long as the one that it is resized to.
    /// </summary>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">The picture's height in pixels.</param>
    public int ShrinkFor(int width, int height)
    {
        if (width == Size && height == Size) return 1;
        var shrink = 8;
        while (shrink > 1 && Math.Min(width, height) < shrink * ResizedSide) shrink /= 2;
        return shrink;
    }

    /// <summary>Transforms a picture to float32, channels last.</summary>
    /// <param name="image">The picture; only read.</param>
    /// <param name="destination">Receives <c>[S, S, 3]</c> float32, normalised; exactly <see cref="ViewLength"/> long.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void Render(RgbImage image, Span<float> destination, RenderScratch scratch) =>
        Render(image, 1, MemoryMarshal.AsBytes(destination), PixelFormat.Default, scratch);

    /// <summary>Transforms a picture to the memory of a tensor.</summary>
    /// <param name="image">The picture, or one shrunk both ways; only read.</param>
    /// <param name="shrink">How many full-size pixels make one of the picture's; the last ones count as whole.</param>
    /// <param name="destination">Receives the picture, normalised; exactly as long as the format says.</param>
    /// <param name="format">How it is stored.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    /// <exception cref="ArgumentException">The destination has another length, or the shrink is below 1.</exception>
    public void Render(RgbImage image, int shrink, Span<byte> destination, PixelFormat format, RenderScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentOutOfRangeException.ThrowIfLessThan(shrink, 1);
        var length = format.BytesPerView(Size);
        if (destination.Length != length)
            throw new ArgumentException($"A picture needs {length} bytes, got {destination.Length}.", nameof(destination));
        var whole = new CropBox(0, 0, checked(image.Height * shrink), checked(image.Width * shrink));
        var (width, height) = ResizedTo(whole.Width, whole.Height);
        var centre = new CropBox(Middle(height), Middle(width), Size, Size);
        var renderer = scratch.Renderer;
        renderer.Begin(image, shrink, whole, width, height, centre, Interpolation);
        renderer.Store(Normalization, format, destination);
    }

    /// <summary>The size a picture is resized to before its centre is cropped.</summary>
    internal (int Width, int Height) ResizedTo(int width, int height)
    {
        if (width == Size && height == Size) return (width, height);
        var shorter = ResizedSide;
        // The longer side is cut to a whole number of pixels, as torchvision does. A line of a million pixels is squeezed.
        int Longer(long longSide, int shortSide) => (int)Math.Min(shorter * longSide / shortSide, LongestSide);
        return width <= height ? (shorter, Longer(height, width)) : (Longer(width, height), shorter);
    }

    /// <summary>What the shorter side is resized to before the centre is cropped.</summary>
    internal int ResizedSide => Size >= 64 ? (int)Math.Round(Size * 8 / 7.0) : Size;

    private int Middle(int length) => (int)Math.Round((length - Size) / 2.0);
}
