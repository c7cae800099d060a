using SimClr.Augmentation;

namespace SimClr.Tests.Augmentation;

public class ResampleWeightsTests
{
    [Fact]
    public void Weights_sum_to_1_stay_inside_and_are_symmetric()
    {
        var weights = new ResampleWeights(); // one for all sizes: reuse must not show
        foreach (var interpolation in Enum.GetValues<Interpolation>())
            foreach (var input in (int[])[1, 2, 3, 7, 32, 33, 224, 4000])
                foreach (var output in (int[])[1, 2, 5, 32, 224])
                {
                    weights.PrepareOutputs(new ResampleAxis(0, input, 0, input, output, 0, output), interpolation);
                    for (var i = 0; i < output; i++)
                    {
                        var own = Of(weights, i);
                        var mirrored = Of(weights, output - 1 - i);
                        Assert.InRange(weights.Start(i), 0, input - 1);
                        Assert.InRange(weights.Start(i) + own.Length, 1, input);
                        Assert.Equal(1, own.Sum(w => (double)w), 2e-6); // up to 16,000 float32 roundings of tiny weights
                        Assert.Equal(own.Max(), mirrored.Max(), 1e-6f); // the grids' rounding differs from both ends
                    }
                }
    }

    [Fact]
    public void Halving_with_the_triangle_filter_weighs_1_3_3_1()
    {
        var weights = new ResampleWeights();
        weights.PrepareOutputs(new ResampleAxis(0, 8, 0, 8, 4, 0, 4), Interpolation.Bilinear);
        Assert.Equal(1, weights.Start(1));
        Assert.Equal([0.125f, 0.375f, 0.375f, 0.125f], Of(weights, 1));
    }

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(-1, 5, 1)]
    [InlineData(-4, 5, 4)]
    [InlineData(5, 5, 3)]
    [InlineData(8, 5, 0)]
    [InlineData(9, 5, 1)]
    [InlineData(-13, 5, 3)]
    [InlineData(3, 1, 0)]
    [InlineData(-3, 2, 1)]
    public void Reflection_mirrors_without_repeating_the_border(int index, int length, int expected) =>
        Assert.Equal(expected, BlurArithmetic.Reflect(index, length));

    private static unsafe float[] Of(ResampleWeights weights, int output) =>
        new ReadOnlySpan<float>(weights.Of(output), weights.Taps).ToArray();
}
