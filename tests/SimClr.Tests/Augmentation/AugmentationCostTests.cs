using SimClr.Augmentation;

namespace SimClr.Tests.Augmentation;

public class AugmentationCostTests
{
    [Fact]
    public void A_copy_costs_its_formulas()
    {
        var whole = new RandomResizedCrop { ScaleMin = 1 };
        var cost = AugmentationCost.Estimate(new AugmentationPolicy(32, whole, []), 32, 32, PixelFormat.Default);
        // Two taps of two operations on 3·32·32 numbers, twice; then one multiplication and addition each.
        Assert.Equal(3 * 32 * 32 * (4 + 4 + 2), cost.Operations, 1e-6);
        Assert.Equal(3 * 32 * 32 * (1 + 4), cost.Bytes, 1e-6);
    }

    [Fact]
    public void Shrinking_to_a_quarter_takes_four_times_the_taps()
    {
        var policy = new AugmentationPolicy(32, null, []);
        var cost = AugmentationCost.Estimate(policy, 500, 128, new PixelFormat(PixelType.BFloat16, PixelLayout.Planar));
        Assert.Equal(32 * 3 * 128 * 2 * 8 + 3 * 32 * 32 * 2 * 8, cost.Stages[0].Operations, 1e-6);
        Assert.Equal(3 * 128 * 128, cost.Stages[0].Bytes, 1e-6);
        Assert.Equal(3 * 32 * 32 * 2, cost.Stages[^1].Bytes, 1e-6);
    }

    [Fact]
    public void Probabilities_scale_what_a_transform_costs()
    {
        double Operations(double jitter, double blur) => AugmentationCost.Estimate(
            new AugmentationPolicy(224, null,
                [new ColorJitter { Probability = jitter }, new GaussianBlur { Probability = blur }]),
            224, 224, PixelFormat.Default).Operations;
        var nothing = Operations(0, 0);
        Assert.Equal((Operations(1, 0) - nothing) / 2, Operations(0.5, 0) - nothing, 1e-3);
        Assert.Equal((Operations(0, 1) - nothing) / 4, Operations(0, 0.25) - nothing, 1e-3);
        Assert.True(Operations(0, 1) > Operations(0, 0.5) && Operations(1, 0) > nothing);
    }
}
