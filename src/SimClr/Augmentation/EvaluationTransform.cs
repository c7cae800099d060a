using System.Runtime.InteropServices;
using SimClr.Images;

namespace SimClr.Augmentation;

/// <summary>
/// The deterministic transform of evaluation: the shorter side is resized (antialiased), then the center is cropped. From side 64
/// on, the resize aims at 8/7 of the side (256 for 224), as is usual for ImageNet; below, at the side itself. An image that has
/// the output size already is only normalized. Immutable; safe for many threads, each with a <see cref="RenderScratch"/> of its
/// own.
/// </summary>
public sealed class EvaluationTransform
{
    /// <summary>
    /// Which way images are made ready; it rises when vectors of the same image change. 1: a JPEG was decoded at 1/2, 1/4 or
    /// 1/8 of its size where that covered the resized side, but not where it came decoded. 2: every image is decoded in
    /// full and resized once, so that vectors of large JPEGs differ slightly from version 1.
    /// </summary>
    public const int Version = 2;

    private const int LongestSide = 1 << 30; // of which only the middle is rendered

    /// <summary>A transform to images of side <paramref name="size"/>.</summary>
    /// <param name="size">Side S in pixels, at least 1.</param>
    /// <param name="normalization">Applied last; the one the encoder was trained with.</param>
    /// <param name="interpolation">How images are resized.</param>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    public EvaluationTransform(int size, Normalization normalization, Interpolation interpolation = Interpolation.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentNullException.ThrowIfNull(normalization);
        (Size, Normalization, Interpolation) = (size, normalization.Validated(), interpolation);
    }

    /// <summary>Side S in pixels.</summary>
    public int Size { get; }

    /// <summary>The normalization.</summary>
    public Normalization Normalization { get; }

    /// <summary>How images are resized.</summary>
    public Interpolation Interpolation { get; }

    /// <summary>Number of floats of one image, S·S·3.</summary>
    public int ViewLength => checked(3 * Size * Size);

    /// <summary>Transforms an image to float32, channels last.</summary>
    /// <param name="image">The image in its full size; only read.</param>
    /// <param name="destination">Receives <c>[S, S, 3]</c> float32, normalized; exactly <see cref="ViewLength"/> long.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">Another thread is rendering with the scratch.</exception>
    public void Render(RgbImage image, Span<float> destination, RenderScratch scratch) =>
        Render(image, MemoryMarshal.AsBytes(destination), PixelFormat.Default, scratch);

    /// <summary>Transforms an image to the memory of a tensor.</summary>
    /// <param name="image">The image in its full size; only read.</param>
    /// <param name="destination">Receives the image, normalized; exactly as long as the format says.</param>
    /// <param name="format">How it is stored.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">Another thread is rendering with the scratch.</exception>
    public void Render(RgbImage image, Span<byte> destination, PixelFormat format, RenderScratch scratch) =>
        Render(image, EvaluationCrop.Center, destination, format, scratch);

    /// <summary>Transforms a part of an image to the memory of a tensor.</summary>
    /// <inheritdoc cref="Render(RgbImage, Span{byte}, PixelFormat, RenderScratch)"/>
    /// <param name="image">The image in its full size; only read.</param>
    /// <param name="crop">Which part.</param>
    /// <param name="destination">Receives the part, normalized; exactly as long as the format says.</param>
    /// <param name="format">How it is stored.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    internal void Render(
        RgbImage image, EvaluationCrop crop, Span<byte> destination, PixelFormat format, RenderScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(scratch);
        var length = format.BytesPerView(Size);
        if (destination.Length != length)
            throw new ArgumentException($"An image needs {length} bytes, got {destination.Length}.", nameof(destination));
        var whole = new CropBox(0, 0, image.Height, image.Width);
        var (width, height) = crop == EvaluationCrop.Center
            ? ResizedTo(image.Width, image.Height)
            : Resized(image.Width, image.Height, EnlargedSide);
        var window = Window(crop, width, height);
        var renderer = scratch.Enter();
        try
        {
            renderer.Begin(image, shrink: 1, whole, width, height, window, Interpolation);
            renderer.Store(Normalization, format, destination);
        }
        finally
        {
            scratch.Leave();
        }
    }

    /// <summary>The size an image is resized to before its center is cropped.</summary>
    internal (int Width, int Height) ResizedTo(int width, int height) =>
        width == Size && height == Size ? (width, height) : Resized(width, height, ResizedSide);

    /// <summary>Length that the shorter side is resized to before the center is cropped.</summary>
    internal int ResizedSide => Size >= 64 ? EnlargedSide : Size;

    private int EnlargedSide => (int)Math.Round(Size * 8 / 7.0);

    private static (int Width, int Height) Resized(int width, int height, int shorter)
    {
        // The longer side is cut to a whole number of pixels, as torchvision does. A line of a million pixels is squeezed.
        int Longer(long longSide, int shortSide) => (int)Math.Min(shorter * longSide / shortSide, LongestSide);
        return width <= height ? (shorter, Longer(height, width)) : (Longer(width, height), shorter);
    }

    /// <summary>The part of the resized image that a crop shows.</summary>
    private CropBox Window(EvaluationCrop crop, int width, int height)
    {
        if (crop == EvaluationCrop.Center) return new(Middle(height, Size), Middle(width, Size), Size, Size);
        var margin = EnlargedSide - Size; // between two corners of the central square
        var top = Middle(height, EnlargedSide) + (crop is EvaluationCrop.TopLeft or EvaluationCrop.TopRight ? 0 : margin);
        var left = Middle(width, EnlargedSide) + (crop is EvaluationCrop.TopLeft or EvaluationCrop.BottomLeft ? 0 : margin);
        return new(top, left, Size, Size);
    }

    private static int Middle(int length, int part) => (int)Math.Round((length - part) / 2.0);
}
