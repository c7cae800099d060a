using SkiaSharp;

namespace SimClr.Images;

/// <summary>Makes images small enough for a place on a page.</summary>
internal static class ImageFitting
{
    /// <summary>The sampling of images that are shrunk.</summary>
    public static SKSamplingOptions Smooth { get; } = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <summary>The image with its aspect ratio, smoothly shrunk to fit into a square; itself where it fits already.</summary>
    /// <param name="source">Only read.</param>
    /// <param name="side">The square in pixels, at least 1.</param>
    public static RgbImage Into(RgbImage source, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        var longest = Math.Max(source.Width, source.Height);
        if (longest <= side) return source;
        var (width, height) = Scaled(source, (double)side / longest);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        Draw(canvas, source, SKRect.Create(width, height), Smooth);
        var fitted = new RgbImage(width, height);
        RgbaPacking.Upright(bitmap.GetPixelSpan(), width, height, opaque: true, SKEncodedOrigin.TopLeft, fitted);
        return fitted;
    }

    /// <summary>The size of a scaled image in whole pixels, at least one each.</summary>
    public static (int Width, int Height) Scaled(RgbImage source, double scale) =>
        (Math.Max(1, (int)Math.Round(source.Width * scale)), Math.Max(1, (int)Math.Round(source.Height * scale)));

    /// <summary>Draws an image, scaled to a place on a canvas.</summary>
    public static unsafe void Draw(SKCanvas canvas, RgbImage source, SKRect place, SKSamplingOptions sampling)
    {
        fixed (byte* pixels = RgbaPacking.FromRgb(source))
        {
            var info = new SKImageInfo(source.Width, source.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var image = SKImage.FromPixelCopy(info, (nint)pixels);
            canvas.DrawImage(image, place, sampling);
        }
    }
}
