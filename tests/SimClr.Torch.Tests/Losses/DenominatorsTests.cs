using SimClr.Losses;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

/// <summary>Tiles in float32 and blocks in float64 against the definition in float64 loops.</summary>
public class DenominatorsTests
{
    public DenominatorsTests() => TorchRuntime.EnsureLoaded();

    /// <summary>
    /// Around the side of a tile, 128 rows, and the width of a panel, 32 columns; temperatures with and without own shifts.
    /// </summary>
    public static TheoryData<int, int, double, bool> Shapes => new()
    {
        { 1, 4, 0.5, true }, { 2, 1, 0.5, true }, { 5, 3, 0.1, false }, { 63, 31, 0.5, true }, { 64, 32, 0.5, true },
        { 65, 33, 0.5, true }, { 65, 33, 0.01, true }, { 65, 33, 0.01, false }, { 128, 128, 10, true }, { 129, 64, 0.1, false },
        { 161, 16, 0.024, true }, { 200, 100, 0.05, true }, { 200, 100, 0.02, true },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Tiles_and_blocks_agree_with_the_definition(int n, int d, double temperature, bool withPartner)
    {
        using var scope = NewDisposeScope();
        var x = Rows(n, d);
        var weights = arange(2 * n, dtype: ScalarType.Float64).mul(0.7).cos(); // of both signs
        var (expected, gradient) = Definition(x, weights, temperature, withPartner);
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            var input = x.to(type).requires_grad_();
            var rows = Denominators.Compare(input, temperature, withPartner);
            (rows.LogSumExp * weights.to(type)).sum().backward();
            // A similarity of unit rows is rounded by some 1e-7 in float32, and divided by the temperature.
            var tolerance = type == ScalarType.Float32 ? 1e-6 / temperature + 2e-6 : 1e-11;
            Close(expected.LogSumExp, rows.LogSumExp, tolerance);
            Close(expected.LargestNegative, rows.LargestNegative, tolerance);
            Close(expected.MeanSimilarity, rows.MeanSimilarity, 4 * tolerance / Math.Min(1, temperature));
            Close(gradient, input.grad!, 4 * tolerance / temperature);
            var blocks = SimilarityBlocks.Compare(input, temperature, withPartner); // where there are no tiles, float32 too
            Close(expected.LogSumExp, blocks.LogSumExp, tolerance);
            Close(gradient, SimilarityBlocks.Gradient(input, blocks.LogSumExp, weights.to(type), temperature, withPartner),
                4 * tolerance / temperature);
            Assert.False(rows.LargestNegative.requires_grad || rows.MeanSimilarity.requires_grad);
        }
    }

    [Theory]
    [InlineData(1e-6, 10)]
    [InlineData(1e-6, 0.01)]
    [InlineData(1e4, 100)]
    [InlineData(1e4, 0.01)]
    public void Rows_of_any_length_are_compared(double length, double temperature)
    {
        using var scope = NewDisposeScope();
        var x = Rows(70, 20) * length;
        var weights = ones(140, dtype: ScalarType.Float64);
        var (expected, gradient) = Definition(x, weights, temperature, withPartner: true);
        var input = x.to(ScalarType.Float32).requires_grad_();
        var rows = Denominators.Compare(input, temperature);
        rows.LogSumExp.sum().backward();
        // Relative to the largest similarity; where the softmax is one-hot, rounding may move it to a neighbor that is as near.
        var size = length * length / temperature;
        Close(expected.LogSumExp, rows.LogSumExp, 2e-6 * size + 2e-6);
        Assert.True(input.grad!.isfinite().all().item<bool>());
        if (size < 1e3) Close(gradient, input.grad, 1e-5 * length / temperature);
    }

    [Fact]
    public void Identical_rows_are_equal_candidates_and_opposite_rows_are_told_apart()
    {
        using var scope = NewDisposeScope();
        foreach (var temperature in (double[])[0.01, 0.5, 10])
        {
            var same = Denominators.Compare(ones(260, 4) / 2, temperature);
            Close(full(260, Math.Log(259) + 1 / temperature, dtype: ScalarType.Float64), same.LogSumExp, 1e-5 / temperature);
            Close(full(260, 1 / temperature, dtype: ScalarType.Float64), same.LargestNegative, 1e-5 / temperature);
            // Every image's views point one way and the partner the other way.
            var one = zeros(2, 4);
            one[0, 0] = 1;
            one[1, 0] = -1;
            Close(full(2, -1 / temperature, dtype: ScalarType.Float64), Denominators.Compare(one, temperature).LogSumExp,
                1e-5 / temperature);
        }
    }

    [Fact]
    public void Results_are_the_same_to_the_last_bit_with_any_number_of_threads()
    {
        Assert.SkipUnless(SimilarityTiles.IsSupported,
            "Without AVX-512 libtorch multiplies, and divides the work otherwise from three threads on.");
        var results = WithThreads(1, 2, 3, 7);
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Fact]
    public void Results_agree_to_rounding_with_any_number_of_threads_on_any_processor()
    {
        var results = WithThreads(1, 2, 3, 7);
        Assert.All(results, result => Assert.All(result.Zip(results[0]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-5 * Math.Max(1, Math.Abs(pair.Second)))));
    }

    /// <summary>All that comparing gives, and its gradient, computed with each number of threads.</summary>
    private static List<float[]> WithThreads(params int[] counts)
    {
        var before = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            var x = Rows(300, 40).to(ScalarType.Float32);
            var results = new List<float[]>();
            foreach (var threads in counts)
            {
                set_num_threads(threads);
                var input = x.clone().requires_grad_();
                var rows = Denominators.Compare(input, 0.2);
                rows.LogSumExp.sum().backward();
                Tensor[] all = [rows.LogSumExp, rows.LargestNegative, rows.MeanSimilarity, input.grad!];
                results.Add([.. all.SelectMany(tensor => tensor.data<float>().ToArray())]);
            }
            return results;
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        var x = Rows(6, 5);
        var input = x.clone().requires_grad_();
        Denominators.Compare(input, 0.3).LogSumExp.sum().backward();
        for (var i = 0; i < 60; i++)
        {
            var step = zeros(60, dtype: ScalarType.Float64);
            step[i] = 1e-6;
            var difference = Sum(x + step.view(12, 5)) - Sum(x - step.view(12, 5));
            Assert.Equal(difference / 2e-6, input.grad!.flatten()[i].item<double>(), 1e-7);
        }

        static double Sum(Tensor x) => Denominators.Compare(x, 0.3).LogSumExp.sum().item<double>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Every_pair_of_blocks_has_its_turn_once_and_no_block_two_at_a_time(int blocks)
    {
        var seen = new HashSet<(int, int)>();
        var busy = new int[blocks];
        TileSchedule.Run(blocks, 3, (first, second, _) =>
        {
            Assert.InRange(first, 0, second);
            Assert.Equal(1, Interlocked.Increment(ref busy[first]));
            if (second != first) Assert.Equal(1, Interlocked.Increment(ref busy[second]));
            lock (seen) Assert.True(seen.Add((first, second)));
            Thread.Yield();
            Interlocked.Decrement(ref busy[first]);
            if (second != first) Interlocked.Decrement(ref busy[second]);
        });
        Assert.Equal(blocks * (blocks + 1) / 2, seen.Count);
    }

    /// <summary>Unit rows; partners are near each other.</summary>
    private static Tensor Rows(int n, int d)
    {
        var generator = new Generator(7);
        var first = randn(n, d, dtype: ScalarType.Float64, generator: generator);                  // [N, D]
        var second = first + 0.3 * randn(n, d, dtype: ScalarType.Float64, generator: generator);   // [N, D]
        var rows = nn.functional.normalize(cat([first, second]), dim: 1);                          // [2N, D]
        return rows.to(ScalarType.Float32).to(ScalarType.Float64); // what float32 can say
    }

    private static (Denominators Rows, Tensor Gradient) Definition(Tensor x, Tensor weights, double temperature, bool withPartner)
    {
        var (count, d) = ((int)x.shape[0], (int)x.shape[1]);
        var v = x.data<double>().ToArray();
        var w = weights.data<double>().ToArray();
        var (logSumExp, largest, mean) = (new double[count], new double[count], new double[count]);
        var gradient = new double[count * d];
        for (var i = 0; i < count; i++)
        {
            var partner = (i + count / 2) % count;
            var s = Enumerable.Range(0, count)
                .Select(k => Enumerable.Range(0, d).Sum(j => v[i * d + j] * v[k * d + j]) / temperature).ToArray();
            var negatives = Enumerable.Range(0, count).Where(k => k != i && k != partner).ToArray();
            int[] candidates = withPartner ? [.. negatives, partner] : negatives;
            largest[i] = negatives.Length == 0 ? double.NegativeInfinity : negatives.Max(k => s[k]);
            var shift = candidates.Max(k => s[k]);
            logSumExp[i] = shift + Math.Log(candidates.Sum(k => Math.Exp(s[k] - shift)));
            foreach (var k in candidates)
            {
                var p = Math.Exp(s[k] - logSumExp[i]);
                mean[i] += p * s[k];
                for (var j = 0; j < d; j++)
                {
                    gradient[i * d + j] += w[i] * p * v[k * d + j] / temperature;
                    gradient[k * d + j] += w[i] * p * v[i * d + j] / temperature;
                }
            }
        }
        return (new(tensor(logSumExp), tensor(largest), tensor(mean)), tensor(gradient, [count, d]));
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var (e, a) = (expected.data<double>().ToArray(), actual.detach().to(ScalarType.Float64).contiguous().data<double>()
            .ToArray());
        for (var i = 0; i < e.Length; i++) Assert.Equal(e[i], a[i], tolerance);
    }
}
