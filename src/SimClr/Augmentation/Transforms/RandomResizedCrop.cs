using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Appendix A, "random crop and resize to 224x224" in torchvision's definition (Inception-style): a box of random area and
/// aspect ratio, resized to the view's size.
/// </summary>
public sealed record RandomResizedCrop
{
    private const int Attempts = 10;

    /// <summary>The name that settings and headings know it by.</summary>
    public const string Name = "crop";

    /// <summary>Smallest area of a crop, as a part of the image's; above 0, at most 1.</summary>
    public double ScaleMin { get; init; } = 0.08;

    /// <summary>Largest area of a crop, as a part of the image's; at least <see cref="ScaleMin"/>, at most 1.</summary>
    public double ScaleMax { get; init; } = 1.0;

    /// <summary>Smallest width/height of a crop; above 0.</summary>
    public double RatioMin { get; init; } = 3.0 / 4.0;

    /// <summary>Largest width/height of a crop; at least <see cref="RatioMin"/>.</summary>
    public double RatioMax { get; init; } = 4.0 / 3.0;

    /// <summary>How crops are resized.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Returns this record.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    public RandomResizedCrop Validated()
    {
        Require(ScaleMin is > 0 and <= 1, nameof(ScaleMin), "above 0 and at most 1", ScaleMin);
        Require(ScaleMax >= ScaleMin && ScaleMax <= 1, nameof(ScaleMax), $"between ScaleMin ({ScaleMin}) and 1", ScaleMax);
        Require(RatioMin > 0 && double.IsFinite(RatioMin), nameof(RatioMin), "above 0 and finite", RatioMin);
        Require(RatioMax >= RatioMin && double.IsFinite(RatioMax), nameof(RatioMax),
            $"finite and at least RatioMin ({RatioMin})", RatioMax);
        Require(Enum.IsDefined(Interpolation), nameof(Interpolation), "Bilinear or Bicubic", (int)Interpolation);
        return this;
    }

    /// <summary>
    /// Area uniform, aspect ratio log-uniform; a box that does not fit is drawn again, ten times at most, and then replaced
    /// by the central box of the nearest permitted ratio.
    /// </summary>
    /// <param name="width">The image's width, at least 1.</param>
    /// <param name="height">The image's height, at least 1.</param>
    /// <param name="random">The view's stream; advanced.</param>
    internal CropBox Draw(int width, int height, ref CounterRandom random)
    {
        var area = (double)width * height;
        var (logMin, logMax) = (Math.Log(RatioMin), Math.Log(RatioMax));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var target = area * random.NextDouble(ScaleMin, ScaleMax);
            var ratio = Math.Exp(random.NextDouble(logMin, logMax));
            var w = (int)Math.Round(Math.Sqrt(target * ratio));
            var h = (int)Math.Round(Math.Sqrt(target / ratio));
            if (w < 1 || h < 1 || w > width || h > height) continue;
            var top = random.NextInt32(height - h + 1);
            return new CropBox(top, random.NextInt32(width - w + 1), h, w);
        }
        return Fallback(width, height);
    }

    private CropBox Fallback(int width, int height)
    {
        var (w, h) = (width, height);
        var ratio = (double)width / height;
        if (ratio < RatioMin) h = Math.Clamp((int)Math.Round(width / RatioMin), 1, height);
        else if (ratio > RatioMax) w = Math.Clamp((int)Math.Round(height * RatioMax), 1, width);
        return new CropBox((height - h) / 2, (width - w) / 2, h, w);
    }

    private static void Require(bool holds, string option, string bound, double value)
    {
        if (!holds) throw new ArgumentException($"{nameof(RandomResizedCrop)}.{option} must be {bound}, got {value}.");
    }
}
