using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Augmentation;

public class TransformOptionsTests
{
    [Fact]
    public void The_papers_policy_is_in_the_papers_order()
    {
        var policy = AugmentationPolicy.Paper(224);
        Assert.Equal(["flip", "color", "gray", "blur"], policy.Transforms.Select(t => t.Name));
        Assert.Equal([0.5, 0.8, 0.2, 0.5], policy.Transforms.Select(t => t.Probability));
        Assert.Equal(new RandomResizedCrop { ScaleMin = 0.08, ScaleMax = 1, RatioMin = 0.75, RatioMax = 4.0 / 3 }, policy.Crop);
        var jitter = Assert.IsType<ColorJitter>(policy.Transforms[1]);
        Assert.Equal((1 - 0.8, 1 + 0.8), jitter.BrightnessRange);
        Assert.Equal(0.2, jitter.HueRange);
        Assert.Equal([3, 3, 9, 23], new[] { 16, 32, 96, 224 }.Select(GaussianBlur.KernelSize));
    }

    [Fact]
    public void Strength_scales_all_four_and_a_given_amount_overrides_it()
    {
        var jitter = new ColorJitter { Strength = 2, Contrast = 0.25 };
        Assert.Equal((0, 2.6), jitter.BrightnessRange);
        Assert.Equal((0.75, 1.25), jitter.ContrastRange);
        Assert.Equal((0, 2.6), jitter.SaturationRange);
        Assert.Equal(0.4, jitter.HueRange);
    }

    public static TheoryData<Transform, string> Invalid => new()
    {
        { new HorizontalFlip { Probability = -0.1 }, "HorizontalFlip.Probability must be between 0 and 1, got -0.1." },
        { new ColorJitter { Strength = double.NaN }, "ColorJitter.Strength must be between 0 and 2.5, got NaN." },
        { new ColorJitter { Probability = 1.5 }, "ColorJitter.Probability must be between 0 and 1, got 1.5." },
        { new ColorJitter { Brightness = -1 }, "ColorJitter.Brightness must be at least 0 and finite, got -1." },
        { new ColorJitter { Hue = 0.6 }, "ColorJitter.Hue must be between 0 and 0.5, got 0.6." },
        { new Grayscale { Probability = 2 }, "Grayscale.Probability must be between 0 and 1, got 2." },
        { new GaussianBlur { Probability = double.NaN }, "GaussianBlur.Probability must be between 0 and 1, got NaN." },
        { new GaussianBlur { SigmaMin = 0 }, "GaussianBlur.SigmaMin must be above 0 and finite, got 0." },
        { new GaussianBlur { SigmaMax = 0.01 }, "GaussianBlur.SigmaMax must be finite and at least SigmaMin (0.1), got 0.01." },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void A_transform_names_the_option_out_of_bounds_with_bound_and_value(Transform transform, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new AugmentationPolicy(8, null, [transform])).Message);

    public static TheoryData<RandomResizedCrop, string> InvalidCrops => new()
    {
        { new() { ScaleMin = 0 }, "RandomResizedCrop.ScaleMin must be above 0 and at most 1, got 0." },
        { new() { ScaleMax = 0.05 }, "RandomResizedCrop.ScaleMax must be between ScaleMin (0.08) and 1, got 0.05." },
        { new() { RatioMin = double.NaN }, "RandomResizedCrop.RatioMin must be above 0 and finite, got NaN." },
        { new() { RatioMax = 0.5 }, "RandomResizedCrop.RatioMax must be finite and at least RatioMin (0.75), got 0.5." },
        { new() { Interpolation = (Interpolation)7 }, "RandomResizedCrop.Interpolation must be Bilinear or Bicubic, got 7." },
    };

    [Theory]
    [MemberData(nameof(InvalidCrops), DisableDiscoveryEnumeration = true)]
    public void A_crop_names_the_option_out_of_bounds_with_bound_and_value(RandomResizedCrop crop, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new AugmentationPolicy(8, crop, [])).Message);

    [Fact]
    public void Size_and_normalization_are_checked_too()
    {
        Assert.Equal("ImageSize must be at least 1, got 0.",
            Assert.Throws<ArgumentException>(() => AugmentationPolicy.Paper(0)).Message);
        Assert.Equal("Normalization.Std must be above 0 and finite, got 0.",
            Assert.Throws<ArgumentException>(() => new AugmentationPolicy(8, null, [], new(default, default))).Message);
    }

    [Fact]
    public void A_transform_of_ones_own_is_drawn_and_applied_in_its_place()
    {
        var policy = new AugmentationPolicy(4, null,
            [new HorizontalFlip { Probability = 1 }, new Spot(), new Grayscale { Probability = 1 }]);
        var random = new CounterRandom(1, 0, 0, 0, DrawPurpose.View);
        var parameters = policy.Draw(4, 4, ref random);
        var at = parameters.Get<int>(1);
        var view = policy.RenderPreview(new RgbImage(4, 4), parameters);
        for (var i = 0; i < 16; i++) Assert.Equal(i == at ? 76 : 0, view.Pixels[3 * i]); // luma of pure red
        Assert.Throws<InvalidOperationException>(() =>
        {
            parameters.Skip(1);
            return parameters.Get<int>(1);
        });
    }

    [Fact]
    public void A_draw_that_does_not_fit_and_parameters_of_another_policy_are_refused()
    {
        Assert.Throws<NotSupportedException>(() => new TooLarge());
        var random = new CounterRandom(1, 0, 0, 0, DrawPurpose.View);
        var policy = new AugmentationPolicy(4, null, [new Spot()]);
        Assert.Throws<ArgumentException>(() => policy.Draw(4, 4, ref random, AugmentationPolicy.Paper(4).NewParameters()));
    }

    private sealed record Spot : Transform<int>
    {
        public override string Name => "spot";

        protected override int Draw(int side, ref CounterRandom random) => random.NextInt32(side * side);

        protected override void Apply(FloatImage view, in int draw, RenderScratch scratch) => view.Red[draw] = 1;
    }

    private sealed record TooLarge : Transform<(decimal, decimal, decimal)>
    {
        public override string Name => "large";

        protected override (decimal, decimal, decimal) Draw(int side, ref CounterRandom random) => default;

        protected override void Apply(FloatImage view, in (decimal, decimal, decimal) draw, RenderScratch scratch) { }
    }
}
