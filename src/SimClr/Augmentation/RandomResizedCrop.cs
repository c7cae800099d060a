using SimClr.Images;
using SimClr.Randomness;

namespace SimClr.Augmentation;

/// <summary>
/// Appendix A, "random crop and resize to 224x224" in torchvision's definition (Inception-style): a box of random area and
/// aspect ratio, resized to the output size.
/// </summary>
internal static class RandomResizedCrop
{
    private const int Attempts = 10;

    /// <summary>
    /// Area uniform, aspect ratio log-uniform; a box that does not fit is drawn again, ten times at most, and then replaced
    /// by the central box of the nearest permitted ratio.
    /// </summary>
    public static CropBox Draw(int width, int height, AugmentationOptions options, ref CounterRandom random)
    {
        var area = (double)width * height;
        var (logMin, logMax) = (Math.Log(options.CropRatioMin), Math.Log(options.CropRatioMax));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var target = area * random.NextDouble(options.CropScaleMin, options.CropScaleMax);
            var ratio = Math.Exp(random.NextDouble(logMin, logMax));
            var w = (int)Math.Round(Math.Sqrt(target * ratio));
            var h = (int)Math.Round(Math.Sqrt(target / ratio));
            if (w < 1 || h < 1 || w > width || h > height) continue;
            var top = random.NextInt32(height - h + 1);
            return new CropBox(top, random.NextInt32(width - w + 1), h, w);
        }
        return Fallback(width, height, options);
    }

    /// <summary>Resizes the box to a square of side <paramref name="size"/>; a box of that size is copied untouched.</summary>
    public static void Apply(RgbImage image, CropBox box, int size, Interpolation interpolation, FloatImage destination,
        RenderScratch scratch)
    {
        Resampling.Apply(image, box, size, size, interpolation, destination, scratch);
        if (interpolation == Interpolation.Bicubic) destination.Clamp();
    }

    private static CropBox Fallback(int width, int height, AugmentationOptions options)
    {
        var (w, h) = (width, height);
        var ratio = (double)width / height;
        if (ratio < options.CropRatioMin) h = Math.Clamp((int)Math.Round(width / options.CropRatioMin), 1, height);
        else if (ratio > options.CropRatioMax) w = Math.Clamp((int)Math.Round(height * options.CropRatioMax), 1, width);
        return new CropBox((height - h) / 2, (width - w) / 2, h, w);
    }
}
