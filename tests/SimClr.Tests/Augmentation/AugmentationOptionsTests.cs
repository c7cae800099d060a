using SimClr.Augmentation;

namespace SimClr.Tests.Augmentation;

public class AugmentationOptionsTests
{
    private static readonly AugmentationOptions Paper = new();

    [Fact]
    public void The_defaults_are_the_papers_and_valid()
    {
        Assert.Same(Paper, Paper.Validated());
        Assert.Equal((1 - 0.8, 1 + 0.8), Paper.BrightnessRange);
        Assert.Equal(0.2, Paper.HueRange);
        Assert.Equal([3, 3, 9, 23], new[] { 16, 32, 96, 224 }.Select(GaussianBlur.KernelSize));
    }

    [Fact]
    public void Strength_scales_all_four_and_a_given_amount_overrides_it()
    {
        var options = Paper with { ColorStrength = 2, Contrast = 0.25 };
        Assert.Equal((0, 2.6), options.BrightnessRange);
        Assert.Equal((0.75, 1.25), options.ContrastRange);
        Assert.Equal((0, 2.6), options.SaturationRange);
        Assert.Equal(0.4, options.HueRange);
    }

    public static TheoryData<AugmentationOptions, string> Invalid => new()
    {
        { Paper with { ImageSize = 0 }, "ImageSize must be at least 1, got 0." },
        { Paper with { CropScaleMin = 0 }, "CropScaleMin must be above 0 and at most 1, got 0." },
        { Paper with { CropScaleMax = 0.05 }, "CropScaleMax must be between CropScaleMin (0.08) and 1, got 0.05." },
        { Paper with { CropRatioMin = double.NaN }, "CropRatioMin must be above 0 and finite, got NaN." },
        { Paper with { CropRatioMax = 0.5 }, "CropRatioMax must be finite and at least CropRatioMin (0.75), got 0.5." },
        { Paper with { FlipProbability = -0.1 }, "FlipProbability must be between 0 and 1, got -0.1." },
        { Paper with { ColorStrength = double.NaN }, "ColorStrength must be between 0 and 2.5, got NaN." },
        { Paper with { ColorProbability = 1.5 }, "ColorProbability must be between 0 and 1, got 1.5." },
        { Paper with { Brightness = -1 }, "Brightness must be at least 0 and finite, got -1." },
        { Paper with { Hue = 0.6 }, "Hue must be between 0 and 0.5, got 0.6." },
        { Paper with { GrayscaleProbability = 2 }, "GrayscaleProbability must be between 0 and 1, got 2." },
        { Paper with { BlurProbability = double.NaN }, "BlurProbability must be between 0 and 1, got NaN." },
        { Paper with { BlurSigmaMin = 0 }, "BlurSigmaMin must be above 0 and finite, got 0." },
        { Paper with { BlurSigmaMax = 0.01 }, "BlurSigmaMax must be finite and at least BlurSigmaMin (0.1), got 0.01." },
        { Paper with { Interpolation = (Interpolation)7 }, "Interpolation must be Bilinear or Bicubic, got 7." },
        { Paper with { Normalization = new(default, default) }, "Normalization.Std must be above 0 and finite, got 0." },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_bounds_is_named_with_its_bound_and_value(AugmentationOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(options.Validated).Message);
}
