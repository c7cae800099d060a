using System.Text.Json;
using CsCheck;
using SimClr.Losses;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

public class NtXentTests
{
    private static readonly JsonElement Cases = Golden.Json("ntxent.json").GetProperty("cases");
    private static readonly Golden Arrays = Golden.Arrays("ntxent.safetensors");

    public NtXentTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string> CaseNames => [.. Cases.EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    /// <summary>Against lightly, sthalles, Spijkervet, solo-learn and leftthomas, which agree in float64.</summary>
    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Loss_and_gradients_are_the_peers(string name)
    {
        using var scope = NewDisposeScope();
        var expected = Cases.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var (n, d) = (expected.GetProperty("N").GetInt64(), expected.GetProperty("D").GetInt64());
        var temperature = expected.GetProperty("temperature").GetDouble();
        float[] values = [.. Arrays.Float32(Key("z0")), .. Arrays.Float32(Key("z1"))];
        double[] gradients = [.. Arrays.Float64(Key("g0")), .. Arrays.Float64(Key("g1"))];

        var (loss, gradient) = LossAndGradient(values, n, d, temperature);

        // The tolerances stated with the golden values: a gradient is measured against 1/(τ·2N·‖z‖), its row's natural size.
        var reference = expected.GetProperty("loss").GetDouble();
        Assert.Equal(reference, loss, 1e-5 * Math.Max(1, reference));
        for (var row = 0; row < 2 * n; row++)
        {
            var norm = Math.Sqrt(values.Skip((int)(row * d)).Take((int)d).Sum(v => (double)v * v));
            for (var i = row * d; i < (row + 1) * d; i++)
            {
                Assert.True(float.IsFinite(gradient[i]));
                // Where a row is zero its direction is a matter of convention.
                if (norm > 0) Assert.Equal(gradients[i], gradient[i], 2e-5 / (temperature * 2 * n * norm));
            }
        }

        string Key(string array) => expected.GetProperty(array).GetString()!;
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 3)]
    [InlineData(50, 8)]
    public void Identical_rows_give_the_chance_level(int n, int d)
    {
        using var scope = NewDisposeScope();
        var result = new NtXent { Temperature = 0.5 }.Compute(ones(2 * n, d) * 0.3);
        Assert.Equal(ChanceLevel(n), Math.Log(2 * n - 1), 1e-15);
        Assert.Equal(ChanceLevel(n), result.Loss.item<float>(), 1e-6 * Math.Max(1, ChanceLevel(n)));
    }

    [Fact]
    public void Orthogonal_pairs_give_the_closed_form()
    {
        using var scope = NewDisposeScope();
        var (n, temperature) = (8, 0.25);
        var result = new NtXent { Temperature = temperature }.Compute(eye(n).repeat(2, 1) * 5);
        // The partner at similarity 1, all 2N−2 others at 0.
        var expected = Math.Log(1 + (2 * n - 2) * Math.Exp(-1 / temperature));
        Assert.Equal(expected, result.Loss.item<float>(), 1e-6);
        Assert.Equal(1, result.ContrastiveTop1.item<float>());
    }

    [Fact]
    public void Loss_accuracy_and_gradients_agree_with_plain_loops_in_float64()
    {
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 5], Gen.Double[0.05, 2]).SelectMany((n, d, temperature) =>
            Gen.Double[-2, 2].Array[2 * n * d].Select(z => (n, d, temperature, z)))
            .Sample(sample =>
            {
                var (n, d, temperature, z) = sample;
                // Near 0 the direction of a row is ill-conditioned in float32.
                if (Enumerable.Range(0, 2 * n).Any(r => Norm(z, r, d) < 0.1)) return;
                z = Array.ConvertAll(z, v => (double)(float)v);
                using var scope = NewDisposeScope();
                var (loss, gradient) = LossAndGradient(Array.ConvertAll(z, v => (float)v), n, d, temperature);
                // Float32 rounds a similarity by about 1e-7 and the temperature divides that; a factor of ten for the sums.
                Assert.Equal(BruteForce(z, n, d, temperature), loss, 1e-6 / temperature + 1e-6);
                for (var i = 0; i < z.Length; i++)
                {
                    var (up, down, step) = ((double[])z.Clone(), (double[])z.Clone(), 1e-6);
                    up[i] += step;
                    down[i] -= step;
                    var difference = (BruteForce(up, n, d, temperature) - BruteForce(down, n, d, temperature)) / (2 * step);
                    // The row's natural size, as in the golden cases, and the difference quotient's own rounding.
                    Assert.Equal(difference, gradient[i], 2e-5 / (temperature * 2 * n * Norm(z, i / d, d)) + 1e-8);
                }
            }, iter: 100);
    }

    [Fact]
    public void Accuracy_counts_the_rows_whose_partner_is_nearest()
    {
        using var scope = NewDisposeScope();
        // On a circle: the first pair is close; of the second pair each is nearer to one of the first.
        var angles = tensor([0.0, 0.5, 0.1, 6.0]); // views 0 and 1 of images a and b: a0 b0 a1 b1
        var z = stack([angles.cos(), angles.sin()], 1);
        Assert.Equal(0.5, new NtXent { Temperature = 0.5 }.Compute(z).ContrastiveTop1.item<double>());
        Assert.False(new NtXent { Temperature = 0.5 }.Compute(z).ContrastiveTop1.requires_grad);
    }

    [Fact]
    public void The_order_of_images_and_of_views_and_the_length_of_rows_do_not_matter()
    {
        using var scope = NewDisposeScope();
        float[] values = [.. Arrays.Float32("n33_d16_t0.05.z0"), .. Arrays.Float32("n33_d16_t0.05.z1")];
        var rows = tensor(values, [66, 16]);
        var order = arange(33).mul(5).remainder(33); // a permutation, since 5 and 33 have no common factor
        var permuted = cat([rows[order + 33], rows[order]]);
        var scaled = rows * arange(1, 67, dtype: ScalarType.Float32).unsqueeze(1);
        var loss = new NtXent { Temperature = 0.2 }.Compute(rows).Loss.item<float>();
        // The same numbers added in another order.
        Assert.Equal(loss, new NtXent { Temperature = 0.2 }.Compute(permuted).Loss.item<float>(), 2e-6 * loss);
        Assert.Equal(loss, new NtXent { Temperature = 0.2 }.Compute(scaled).Loss.item<float>(), 2e-6 * loss);
    }

    [Fact]
    public void Bfloat16_projections_are_computed_in_float32()
    {
        using var scope = NewDisposeScope();
        float[] values = [.. Arrays.Float32("n8_d16_t0.1.z0"), .. Arrays.Float32("n8_d16_t0.1.z1")];
        var z = tensor(values, [16, 16]).to(ScalarType.BFloat16);
        var result = new NtXent { Temperature = 0.1 }.Compute(z);
        Assert.Equal(ScalarType.Float32, result.Loss.dtype);
        Assert.Equal(new NtXent { Temperature = 0.1 }.Compute(z.to(ScalarType.Float32)).Loss.item<float>(),
            result.Loss.item<float>());
    }

    [Fact]
    public void Only_the_results_and_the_gradient_of_the_rows_stay_alive()
    {
        using var z = ones(8, 4);
        z.requires_grad = true;
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            new NtXent { Temperature = 0.5 }.Compute(z).Loss.backward();
            Assert.Equal(before + 4, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Wrong_shapes_and_temperatures_are_refused()
    {
        using var scope = NewDisposeScope();
        foreach (var shape in (long[][])[[3, 2], [0, 2], [4], [2, 2, 2], [4, 0]])
            Assert.Contains("[2N, D]",
                Assert.Throws<ArgumentException>(() => new NtXent { Temperature = 0.5 }.Compute(zeros(shape))).Message);
        foreach (var temperature in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            var refused = Assert.Throws<ArgumentException>(() => new NtXent { Temperature = temperature }.Compute(ones(2, 2)));
            Assert.Contains("temperature", refused.Message);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new NtXent().ChanceLevel(0));
    }

    private static double ChanceLevel(int n) => new NtXent().ChanceLevel(n)!.Value;

    private static (double Loss, float[] Gradient) LossAndGradient(float[] values, long n, long d, double temperature)
    {
        var z = tensor(values, [2 * n, d], requires_grad: true);
        var loss = new NtXent { Temperature = temperature }.Compute(z).Loss;
        loss.backward();
        return (loss.item<float>(), z.grad!.contiguous().data<float>().ToArray());
    }

    /// <summary>Equation 1 as it stands.</summary>
    private static double BruteForce(double[] z, int n, int d, double temperature)
    {
        double Similarity(int i, int j)
        {
            var dot = 0.0;
            for (var k = 0; k < d; k++) dot += z[i * d + k] * z[j * d + k];
            return dot / (Norm(z, i, d) * Norm(z, j, d)) / temperature;
        }
        var loss = 0.0;
        for (var i = 0; i < 2 * n; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < 2 * n; k++)
                if (k != i) sum += Math.Exp(Similarity(i, k));
            loss -= Math.Log(Math.Exp(Similarity(i, (i + n) % (2 * n))) / sum) / (2 * n);
        }
        return loss;
    }

    private static double Norm(double[] z, int row, int d) => Math.Sqrt(z.Skip(row * d).Take(d).Sum(v => v * v));
}
