using SimClr.Losses;
using SimClr.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

/// <summary>What holds for every objective.</summary>
public sealed class ObjectiveTests
{
    public ObjectiveTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string> Names => ObjectiveCase.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_gradient_accuracy_and_entropy_agree_with_plain_loops(string name)
    {
        foreach (var (n, d, temperature, normalize) in ((int, int, double, bool)[])
            [(1, 3, 0.5, true), (2, 2, 0.1, true), (3, 5, 1, true), (9, 4, 0.2, true), (13, 8, 0.5, true), (6, 3, 10, false)])
        {
            var objective = ObjectiveCase.All[name];
            var loss = objective.At(temperature) with { Normalize = normalize };
            var z = ObjectiveCase.Rows(n, d);
            var plain = Plain(z);
            var expected = objective.Plain(plain, temperature);

            var exact = ObjectiveCase.Compute(loss, z, d, ScalarType.Float64);
            Assert.Equal(expected, exact.Loss, 1e-12 / temperature);
            Assert.Equal(plain.Top1(), exact.Top1, 1e-12);
            var entropyAt = name.StartsWith("margin", StringComparison.Ordinal) ? 1 : temperature;
            var withPartner = !name.StartsWith("dcl", StringComparison.Ordinal);
            Assert.Equal(plain.Entropy(entropyAt, withPartner), exact.Entropy, 1e-12 / temperature);
            for (var i = 0; i < z.Length; i++)
            {
                var (up, down, step) = ((double[])z.Clone(), (double[])z.Clone(), 1e-6);
                up[i] += step;
                down[i] -= step;
                var rise = objective.Plain(Plain(up), temperature) - objective.Plain(Plain(down), temperature);
                // Rounding of the quotient is 1e-16/step times the loss; the third derivative grows as 1/τ³ and is met by step².
                Assert.Equal(rise / (2 * step), exact.Gradient[i], 1e-8 / temperature);
            }

            // Float32 rounds similarities of size 1 to 1e-7, those without ℓ2 are up to ten times as large, and τ divides both.
            var single = ObjectiveCase.Compute(loss, z, d, ScalarType.Float32);
            Assert.Equal(expected, single.Loss, 1e-6 / temperature + 1e-6);
            for (var i = 0; i < z.Length; i++) Assert.Equal(exact.Gradient[i], single.Gradient[i], 1e-5 / temperature + 1e-5);

            PlainLoops Plain(double[] rows) => new(rows, d, normalize, ObjectiveCase.Labels(n));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Neither_the_order_of_images_and_views_nor_the_length_of_rows_matters(string name)
    {
        using var scope = NewDisposeScope();
        var (n, d) = (11, 6);
        var loss = ObjectiveCase.All[name].At(0.2);
        var rows = tensor(ObjectiveCase.Rows(n, d), [2 * n, d]);
        var labels = tensor(ObjectiveCase.Labels(n));
        var order = arange(n).mul(4).remainder(n); // a permutation, since 4 and 11 have no common factor
        var permuted = cat([rows[order + n], rows[order]]);
        var scaled = rows * arange(1, 2 * n + 1, dtype: ScalarType.Float64).unsqueeze(1);
        var expected = loss.Compute(rows, labels).Loss.item<double>();
        // The same numbers added in another order.
        Assert.Equal(expected, loss.Compute(permuted, labels[order]).Loss.item<double>(), 1e-12);
        Assert.Equal(expected, loss.Compute(scaled, labels).Loss.item<double>(), 1e-12);
        Assert.NotEqual(expected, (loss with { Normalize = false }).Compute(scaled, labels).Loss.item<double>(), 1e-3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Extremes_stay_finite_in_float32(string name)
    {
        foreach (var temperature in (double[])[0.01, 0.1, 1, 10, 100])
            foreach (var normalize in (bool[])[true, false])
                foreach (var z in Extremes(d: 4))
                {
                    var loss = ObjectiveCase.All[name].At(temperature) with { Normalize = normalize };
                    var result = ObjectiveCase.Compute(loss, z, 4, ScalarType.Float32);
                    Assert.True(double.IsFinite(result.Loss) && double.IsFinite(result.Entropy), $"{loss}: {result}");
                    Assert.All(result.Gradient, g => Assert.True(double.IsFinite(g)));
                }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_projections_lose_the_chance_level(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var n in (int[])[1, 2, 50])
        {
            var loss = ObjectiveCase.All[name].At(0.5);
            // Rows of length 1 with exact products: all similarities are exactly 1.
            var result = loss.Compute(full(2 * n, 4, 0.5, dtype: ScalarType.Float64), arange(n) / 2);
            if (loss.ChanceLevel(n) is { } chance) Assert.Equal(chance, result.Loss.item<double>(), 1e-12);
            // No negative is farther: only the partner is left of the logistic loss, and nothing of the margin loss.
            var partner = Math.Log(1 + Math.Exp(-2));
            if (name == "nt-logistic semi-hard") Assert.Equal(partner, result.Loss.item<double>(), 1e-12);
            if (name == "nt-logistic" && n > 1) Assert.Equal(partner + partner + 2, result.Loss.item<double>(), 1e-12);
            if (name == "margin semi-hard") Assert.Equal(0, result.Loss.item<double>());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_the_results_and_the_gradient_of_the_rows_stay_alive(string name)
    {
        using var z = randn(22, 4, requires_grad: true);
        using var labels = arange(11).remainder(3);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            ObjectiveCase.All[name].At(0.5).Compute(z, labels).Loss.backward();
            // The three results, and for some the gradient of the rows, which autograd was given during the backward pass.
            Assert.InRange(DisposeScopeManager.Statistics.ThreadTotalLiveCount, before + 3, before + 4);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        z.grad?.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_the_loss_has_a_gradient_and_none_where_none_is_wanted(string name)
    {
        using var scope = NewDisposeScope();
        var z = randn(22, 4, requires_grad: true);
        var labels = arange(11).remainder(3);
        var result = ObjectiveCase.All[name].At(0.5).Compute(z, labels);
        Assert.True(result.Loss.requires_grad);
        Assert.False(result.ContrastiveTop1.requires_grad || result.Entropy.requires_grad);
        using var none = no_grad();
        var bare = ObjectiveCase.All[name].At(0.5).Compute(z, labels).Loss;
        Assert.False(bare.requires_grad);
        Assert.Equal(result.Loss.item<float>(), bare.item<float>());
    }

    /// <summary>Table 5: without ℓ2 normalization, at the temperatures of the paper.</summary>
    [Theory]
    [InlineData(1e-6, 10)]
    [InlineData(1e-6, 100)]
    [InlineData(1e4, 10)]
    [InlineData(1e4, 100)]
    public void Dot_products_of_any_size_are_compared_as_they_are(double size, double temperature)
    {
        var (n, d) = (9, 4);
        double[] z = [.. ObjectiveCase.Rows(n, d).Select(v => (double)(float)(v * size))];
        foreach (var name in (string[])["nt-xent", "dcl", "supcon", "nt-logistic", "nt-logistic semi-hard", "margin"])
        {
            var objective = ObjectiveCase.All[name];
            var expected = objective.Plain(new PlainLoops(z, d, normalize: false, ObjectiveCase.Labels(n)), temperature);
            var result = ObjectiveCase.Compute(objective.At(temperature) with { Normalize = false }, z, d, ScalarType.Float32);
            // Float32 rounds similarities relative to their size, which is also the loss's; a factor of ten for the sums.
            Assert.Equal(expected, result.Loss, 1e-6 * Math.Max(1, size * size * d / (name == "margin" ? 1 : temperature)));
        }
    }

    [Fact]
    public void Options_out_of_bounds_are_named()
    {
        Refused("temperature", new NtLogistic { Temperature = 0 });
        Refused("temperature", new DecoupledContrastive { Temperature = -1 });
        Refused("temperature", new SupervisedContrastive { Temperature = double.NaN });
        Refused("sigma", new DecoupledContrastive { PositiveWeightSigma = 0 });
        Refused("sigma", new DecoupledContrastive { PositiveWeightSigma = double.NaN });
        Refused("margin", new MarginTriplet { Margin = -0.1 });
        Refused("margin", new MarginTriplet { Margin = double.PositiveInfinity });
        Refused("above 0 with semi-hard", new MarginTriplet { Margin = 0, Negatives = NegativeMining.SemiHard });
        Refused("All or SemiHard", new MarginTriplet { Negatives = (NegativeMining)2 });
        Refused("All or SemiHard", new NtLogistic { Negatives = (NegativeMining)2 });
        foreach (var objective in ObjectiveCase.All.Values)
            Assert.Throws<ArgumentOutOfRangeException>(() => objective.At(0.5).ChanceLevel(0));

        static void Refused(string word, ContrastiveLoss loss)
        {
            using var scope = NewDisposeScope();
            Assert.Contains(word, Assert.Throws<ArgumentException>(() => loss.Compute(ones(4, 2), ones(2))).Message);
        }
    }

    private static IEnumerable<double[]> Extremes(int d)
    {
        foreach (var n in (int[])[1, 2, 7])
        {
            var random = ObjectiveCase.Rows(n, d);
            double[] half = random[..(n * d)];
            yield return random;
            yield return [.. half, .. half];                                       // partners identical
            yield return [.. half, .. half.Select(v => -v)];                       // partners opposite
            yield return [.. Enumerable.Repeat(0.3, 2 * n * d)];                   // all rows identical
            yield return [.. random.Select((v, i) => i / d % 2 == 0 ? 0.3 : -0.3)]; // rows identical or opposite
            yield return [.. random.Select(v => 1e-6 * v)];
            yield return [.. random.Select(v => 1e4 * v)];
            yield return new double[2 * n * d];                                    // zero
        }
    }
}
