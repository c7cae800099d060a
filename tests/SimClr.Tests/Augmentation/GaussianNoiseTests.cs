using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Augmentation;

public class GaussianNoiseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(64)]
    public void Noise_is_Box_Muller_of_the_pixels_Philox_block(int side)
    {
        var image = AugmentationPolicyTests.Noise(side, side);
        var draw = new GaussianNoiseDraw(0.1f, 0x1234_5678_9ABC_DEF0);
        var view = TransformProbe.Apply(new GaussianNoise(), image, draw);
        for (var pixel = 0; pixel < side * side; pixel++)
        {
            var (w0, w1, w2, w3) = CounterRandom.Philox((uint)pixel, 0, 0, 0, (uint)draw.Key, (uint)(draw.Key >> 32));
            double[] normals =
            [
                Radius(w0) * Math.Cos(Math.Tau * Share(w1)),
                Radius(w0) * Math.Sin(Math.Tau * Share(w1)),
                Radius(w2) * Math.Cos(Math.Tau * Share(w3)),
            ];
            for (var channel = 0; channel < 3; channel++)
            {
                var expected = Math.Clamp(image.Pixels[3 * pixel + channel] / 255.0 + 0.1 * normals[channel], 0, 1);
                // An angle near a full turn has an error of 5e-7 in float32, times a radius of up to 5.8, times sigma.
                Assert.Equal(expected, view[3 * pixel + channel], 1e-6);
            }
        }
    }

    [Fact]
    public void Noise_is_standard_normal_and_independent_between_pixels_and_channels()
    {
        const int side = 256;
        var gray = new RgbImage(side, side);
        gray.Pixels.Fill(127);
        const float sigma = 0.02f; // small enough that nothing is clamped
        var view = TransformProbe.Apply(new GaussianNoise(), gray, new GaussianNoiseDraw(sigma, 42));
        double[] noise = [.. view.Select(v => (v - 127 / 255.0) / sigma)];
        var n = noise.Length;
        // Five standard errors of each moment of a normal distribution.
        Assert.Equal(0, noise.Average(), 5 / Math.Sqrt(n));
        Assert.Equal(1, noise.Average(v => v * v), 5 * Math.Sqrt(2.0 / n));
        Assert.Equal(0, noise.Average(v => v * v * v), 5 * Math.Sqrt(15.0 / n));
        Assert.Equal(3, noise.Average(v => v * v * v * v), 5 * Math.Sqrt(96.0 / n));
        foreach (var lag in (int[])[1, 2, 3, 4, 24, 3 * side]) // channels, neighbors, lanes, rows
        {
            var correlation = Enumerable.Range(0, n - lag).Average(i => noise[i] * noise[i + lag]);
            Assert.Equal(0, correlation, 5 / Math.Sqrt(n));
        }
    }

    [Fact]
    public void Sigmas_are_uniform_and_keys_do_not_repeat()
    {
        const int n = 20_000;
        GaussianNoiseDraw[] draws =
            [.. Enumerable.Range(0, n).Select(i => TransformProbe.Draw<GaussianNoiseDraw>(new GaussianNoise(), 32, i))];
        double[] sigmas = [.. draws.Select(d => (double)d.Sigma).Order()];
        // Kolmogorov-Smirnov against the straight line at p = 1e-3.
        var distance = sigmas.Select((s, i) => Math.Abs((s - 0.05) / 0.15 - (i + 0.5) / n)).Max();
        Assert.True(distance < 1.95 / Math.Sqrt(n), $"distance {distance}");
        Assert.Equal(n, draws.Select(d => d.Key).Distinct().Count());
        Assert.Equal(0.5, draws.Average(d => (double)d.Key / ulong.MaxValue), 5 / Math.Sqrt(12 * n));
    }

    [Fact]
    public void Another_key_gives_other_noise_and_sigma_0_none()
    {
        var image = AugmentationPolicyTests.Noise(16, 16);
        var one = TransformProbe.Apply(new GaussianNoise(), image, new GaussianNoiseDraw(0.1f, 1));
        var other = TransformProbe.Apply(new GaussianNoise(), image, new GaussianNoiseDraw(0.1f, 1UL << 63));
        Assert.NotEqual(one, other);
        Assert.Equal(image.Pixels.ToArray(), TransformProbe.ApplyBytes(new GaussianNoise(), image, new GaussianNoiseDraw(0, 1)));
    }

    private static double Share(uint word) => (word >> 8) / (double)(1 << 24);

    private static double Radius(uint word) => Math.Sqrt(-2 * Math.Log(1 - Share(word)));
}
