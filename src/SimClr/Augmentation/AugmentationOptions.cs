namespace SimClr.Augmentation;

/// <summary>
/// The stochastic augmentation module of the paper (Section 2.1 and Appendix A). The defaults are the paper's for ImageNet; for
/// CIFAR-10 it uses size 32, strength 0.5 and no blur (Appendix B.9).
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>Side S of a view in pixels, at least 1.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Smallest area of a crop, as a part of the picture's; above 0, at most 1.</summary>
    public double CropScaleMin { get; init; } = 0.08;

    /// <summary>Largest area of a crop, as a part of the picture's; at least <see cref="CropScaleMin"/>, at most 1.</summary>
    public double CropScaleMax { get; init; } = 1.0;

    /// <summary>Smallest width/height of a crop; above 0.</summary>
    public double CropRatioMin { get; init; } = 3.0 / 4.0;

    /// <summary>Largest width/height of a crop; at least <see cref="CropRatioMin"/>.</summary>
    public double CropRatioMax { get; init; } = 4.0 / 3.0;

    /// <summary>Probability of a horizontal flip.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Strength s of the colour jitter, 0 to 2.5: brightness, contrast, saturation vary by 0.8s, hue by 0.2s.</summary>
    public double ColorStrength { get; init; } = 1.0;

    /// <summary>Probability that the colour jitter is applied.</summary>
    public double ColorProbability { get; init; } = 0.8;

    /// <summary>Brightness factors lie within 1 ± this (never below 0); null means 0.8 times the strength.</summary>
    public double? Brightness { get; init; }

    /// <summary>Contrast factors lie within 1 ± this (never below 0); null means 0.8 times the strength.</summary>
    public double? Contrast { get; init; }

    /// <summary>Saturation factors lie within 1 ± this (never below 0); null means 0.8 times the strength.</summary>
    public double? Saturation { get; init; }

    /// <summary>The hue turns either way by up to this part of a full turn, at most 0.5; null means 0.2 × strength.</summary>
    public double? Hue { get; init; }

    /// <summary>Probability that colour is removed.</summary>
    public double GrayscaleProbability { get; init; } = 0.2;

    /// <summary>Probability of a Gaussian blur; 0 turns it off.</summary>
    public double BlurProbability { get; init; } = 0.5;

    /// <summary>Smallest σ of the blur in output pixels; above 0.</summary>
    public double BlurSigmaMin { get; init; } = 0.1;

    /// <summary>Largest σ of the blur in output pixels; at least <see cref="BlurSigmaMin"/>.</summary>
    public double BlurSigmaMax { get; init; } = 2.0;

    /// <summary>How crops are resized.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Applied to the finished view.</summary>
    public Normalization Normalization { get; init; } = Normalization.None;

    internal (double Low, double High) BrightnessRange => Around1(Brightness ?? 0.8 * ColorStrength);

    internal (double Low, double High) ContrastRange => Around1(Contrast ?? 0.8 * ColorStrength);

    internal (double Low, double High) SaturationRange => Around1(Saturation ?? 0.8 * ColorStrength);

    internal double HueRange => Hue ?? 0.2 * ColorStrength;

    /// <summary>Returns this record.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    public AugmentationOptions Validated()
    {
        Require(ImageSize >= 1, nameof(ImageSize), "at least 1", ImageSize);
        Require(CropScaleMin is > 0 and <= 1, nameof(CropScaleMin), "above 0 and at most 1", CropScaleMin);
        Require(CropScaleMax >= CropScaleMin && CropScaleMax <= 1, nameof(CropScaleMax),
            $"between CropScaleMin ({CropScaleMin}) and 1", CropScaleMax);
        RequirePositive(CropRatioMin, nameof(CropRatioMin));
        RequireAtLeast(CropRatioMax, CropRatioMin, nameof(CropRatioMax), nameof(CropRatioMin));
        RequireProbability(FlipProbability, nameof(FlipProbability));
        Require(ColorStrength is >= 0 and <= 2.5, nameof(ColorStrength), "between 0 and 2.5", ColorStrength);
        RequireProbability(ColorProbability, nameof(ColorProbability));
        RequireAmount(Brightness, nameof(Brightness));
        RequireAmount(Contrast, nameof(Contrast));
        RequireAmount(Saturation, nameof(Saturation));
        Require(Hue is null or (>= 0 and <= 0.5), nameof(Hue), "between 0 and 0.5", Hue ?? 0);
        RequireProbability(GrayscaleProbability, nameof(GrayscaleProbability));
        RequireProbability(BlurProbability, nameof(BlurProbability));
        RequirePositive(BlurSigmaMin, nameof(BlurSigmaMin));
        RequireAtLeast(BlurSigmaMax, BlurSigmaMin, nameof(BlurSigmaMax), nameof(BlurSigmaMin));
        Require(Enum.IsDefined(Interpolation), nameof(Interpolation), "Bilinear or Bicubic", (int)Interpolation);
        ArgumentNullException.ThrowIfNull(Normalization);
        Normalization.Validated();
        return this;
    }

    private static (double, double) Around1(double amount) => (Math.Max(0, 1 - amount), 1 + amount);

    private static void RequireProbability(double value, string option) =>
        Require(value is >= 0 and <= 1, option, "between 0 and 1", value);

    private static void RequireAmount(double? value, string option) =>
        Require(value is null || (value >= 0 && double.IsFinite(value.Value)), option, "at least 0 and finite", value ?? 0);

    private static void RequirePositive(double value, string option) =>
        Require(value > 0 && double.IsFinite(value), option, "above 0 and finite", value);

    private static void RequireAtLeast(double value, double bound, string option, string boundOption) =>
        Require(value >= bound && double.IsFinite(value), option, $"finite and at least {boundOption} ({bound})", value);

    private static void Require(bool holds, string option, string bound, double value)
    {
        if (!holds) throw new ArgumentException($"{option} must be {bound}, got {value}.");
    }
}
