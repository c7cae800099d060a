using CsCheck;
using SimClr.Losses;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

public sealed class EmbeddingGeometryTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public EmbeddingGeometryTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Orthonormal_rows_use_as_many_dimensions_as_there_are_rows()
    {
        Assert.Equal(7, EmbeddingGeometry.EffectiveRank(eye(7, 20)), 1e-6);
        Assert.Equal(20, EmbeddingGeometry.EffectiveRank(cat([eye(20), -eye(20), 3 * eye(20)])), 1e-6); // more rows than columns
        var angle = Math.PI / 3; // a rotation changes nothing
        var turned = eye(2).mm(tensor(new[] { Math.Cos(angle), -Math.Sin(angle), Math.Sin(angle), Math.Cos(angle) }).reshape(2, 2)
            .to(ScalarType.Float32));
        Assert.Equal(2, EmbeddingGeometry.EffectiveRank(turned), 1e-6);
    }

    [Fact]
    public void Known_singular_values_give_the_exponential_of_their_entropy()
    {
        // σ = 3, 1: p = 3/4, 1/4.
        var expected = Math.Exp(-(0.75 * Math.Log(0.75) + 0.25 * Math.Log(0.25)));
        Assert.Equal(expected, EmbeddingGeometry.EffectiveRank(tensor(new float[,] { { 3, 0, 0 }, { 0, 0, 1 } })), 1e-9);
    }

    [Fact]
    public void Rows_that_are_all_alike_are_collapsed_and_aligned()
    {
        var rows = tensor(new[] { 0.3f, -2, 5, 0.1f }).repeat(40, 1); // [40, 4]
        Assert.Equal(1, EmbeddingGeometry.EffectiveRank(rows), 1e-6); // float64 roundings of σ are below 1e-8 of the largest
        Assert.Equal(0, EmbeddingGeometry.Uniformity(rows), 1e-12);
        Assert.Equal(0, EmbeddingGeometry.Alignment(rows, rows), 1e-12);
        // The mean is not taken away: what is left of nearly equal rows would look like every dimension there is.
        Assert.InRange(EmbeddingGeometry.EffectiveRank(rows + 1e-4 * Normal(40, 4)), 1, 1.01);
    }

    [Fact]
    public void Zeros_have_no_dimension_and_lie_together_and_what_is_not_finite_has_no_figure()
    {
        Assert.Equal(0, EmbeddingGeometry.EffectiveRank(zeros(5, 3)));
        Assert.Equal(0, EmbeddingGeometry.Uniformity(zeros(5, 3))); // an encoder whose units are all dead has collapsed
        var broken = ones(5, 3);
        broken[2, 1] = float.NaN;
        Assert.Equal(double.NaN, EmbeddingGeometry.EffectiveRank(broken));
        Assert.Equal(double.NaN, EmbeddingGeometry.Uniformity(broken));
        Assert.Equal(double.NaN, EmbeddingGeometry.Alignment(broken, broken));
    }

    [Fact]
    public void Opposite_and_perpendicular_rows_have_their_closed_forms()
    {
        var first = tensor(new float[,] { { 2, 0 }, { 0, 5 } });
        Assert.Equal(4, EmbeddingGeometry.Alignment(first, -3 * first), 1e-12);
        Assert.Equal(2, EmbeddingGeometry.Alignment(first, first.flip(0)), 1e-12);
        Assert.Equal(-8, EmbeddingGeometry.Uniformity(tensor(new float[,] { { 1, 0 }, { -9, 0 } })), 1e-12); // −2·2²
        Assert.Equal(-4, EmbeddingGeometry.Uniformity(first), 1e-12);                                        // −2·2
        // The corners of a simplex, spread as evenly as N rows can be: cos = −1/(N−1).
        var simplex = eye(10) - 0.1;
        Assert.Equal(-4 * 10 / 9.0, EmbeddingGeometry.Uniformity(simplex), 1e-6);
    }

    [Fact]
    public void Against_a_loop_over_pairs_in_float64()
    {
        Gen.Select(Gen.Int[2, 9], Gen.Int[1, 6], Gen.Float[-3, 3].Array[108]).Sample((n, d, values) =>
        {
            using var scope = NewDisposeScope();
            var first = Rows(values, 0, n, d);
            var second = Rows(values, n * d, n, d);
            if (first.Concat(second).Any(row => Length(row) < 1e-3)) return;
            var aligned = Enumerable.Range(0, n).Average(i => Distance(first[i], second[i]));
            var pairs = from i in Enumerable.Range(0, n) from j in Enumerable.Range(i + 1, n - i - 1) select (i, j);
            var uniform = Math.Log(pairs.Average(pair => Math.Exp(-2 * Distance(first[pair.i], first[pair.j]))));
            // The rows are the same float32 numbers, and all arithmetic is in float64.
            Assert.Equal(aligned, EmbeddingGeometry.Alignment(Torch(first), Torch(second)), 1e-12);
            Assert.Equal(uniform, EmbeddingGeometry.Uniformity(Torch(first)), 1e-12);
        }, iter: 100);

        static float[][] Rows(float[] values, int from, int n, int d) =>
            [.. Enumerable.Range(0, n).Select(i => values[(from + i * d)..(from + (i + 1) * d)])];
        static Tensor Torch(float[][] rows) => tensor(rows.SelectMany(row => row).ToArray()).reshape(rows.Length, -1);
        static double Length(float[] row) => Math.Sqrt(row.Sum(v => (double)v * v));
        static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Pow(x / Length(a) - y / Length(b), 2)).Sum();
    }

    [Theory]
    [InlineData(256, 512)]
    [InlineData(256, 128)]
    [InlineData(200, 200)]
    public void Effective_rank_is_that_of_the_singular_values_themselves(int n, int d)
    {
        var x = Normal(n, d) * linspace(0.01, 2, d); // [n, d], some directions short
        var singular = linalg.svdvals(x.to(ScalarType.Float64)).data<double>().ToArray();
        var p = Array.ConvertAll(singular, value => value / singular.Sum());
        // Squaring and taking roots costs half of the 16 digits.
        Assert.Equal(Math.Exp(-p.Sum(v => v * Math.Log(v))), EmbeddingGeometry.EffectiveRank(x), 1e-4);
    }

    [Theory]
    [InlineData(256, 128)]
    [InlineData(256, 512)]
    public void Random_rows_are_near_what_is_expected_of_them(int n, int d)
    {
        var x = Normal(n, d);
        // Squares of singular values divided by the larger side follow the law of Marchenko and Pastur, of ratio small/large.
        var (small, ratio) = (Math.Min(n, d), (double)Math.Min(n, d) / Math.Max(n, d));
        var (low, high) = (Math.Pow(1 - Math.Sqrt(ratio), 2), Math.Pow(1 + Math.Sqrt(ratio), 2));
        double Mean(Func<double, double> f)
        {
            const int parts = 20_000;
            var at = Enumerable.Range(0, parts).Select(i => low + (high - low) * (i + 0.5) / parts).ToArray();
            var density = Array.ConvertAll(at, v => Math.Sqrt((high - v) * (v - low)) / v);
            return at.Zip(density, (v, weight) => weight * f(Math.Sqrt(v))).Sum() / density.Sum();
        }
        // p = σ/(k·mean σ) of k values: the entropy is ln k + ln mean σ − mean(σ ln σ)/mean σ.
        var mean = Mean(v => v);
        var expected = Math.Exp(Math.Log(small) + Math.Log(mean) - Mean(v => v * Math.Log(v)) / mean);
        Assert.Equal(expected, EmbeddingGeometry.EffectiveRank(x), 0.01 * expected); // finite sizes deviate by some ‰
        // Uniformity: cosines of random directions have variance 1/D, so that mean exp(4 cos) = exp(8/D) about; its sampling
        // error over 32,640 pairs is 4/√(32640·D), below 0.002, and what is left out is of order 1/D².
        Assert.Equal(-4 + 8.0 / d, EmbeddingGeometry.Uniformity(x), 0.02);
        Assert.Equal(2, EmbeddingGeometry.Alignment(x, Normal(n, d, seed: 9)), 0.05); // 2/√(N·D) is 0.011 for D = 128
    }

    [Fact]
    public void Length_does_not_matter_to_directions_but_to_the_rank()
    {
        var (x, y) = (Normal(30, 8), Normal(30, 8, seed: 5));
        var lengths = linspace(0.1, 50, 30).unsqueeze(1); // [30, 1]
        // Scaling rounds in float32.
        Assert.Equal(EmbeddingGeometry.Uniformity(x), EmbeddingGeometry.Uniformity(lengths * x), 1e-6);
        Assert.Equal(EmbeddingGeometry.Alignment(x, y), EmbeddingGeometry.Alignment(lengths * x, y), 1e-6);
        Assert.Equal(EmbeddingGeometry.EffectiveRank(x), EmbeddingGeometry.EffectiveRank(1e-3 * x), 1e-4);
        Assert.NotEqual(EmbeddingGeometry.EffectiveRank(x), EmbeddingGeometry.EffectiveRank(lengths * x), 0.1);
    }

    [Fact]
    public void Nothing_is_left_behind_and_no_graph_is_made()
    {
        var x = Normal(20, 6).requires_grad_();
        var before = LiveTensors.Count();
        EmbeddingGeometry.Alignment(x, x);
        EmbeddingGeometry.Uniformity(x);
        EmbeddingGeometry.EffectiveRank(x);
        Assert.Equal(before, Tensor.TotalCount);
        Assert.Null(x.grad);
    }

    [Fact]
    public void Shapes_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => EmbeddingGeometry.EffectiveRank(ones(5)));
        Assert.Throws<ArgumentException>(() => EmbeddingGeometry.Uniformity(ones(1, 5)));
        var e = Assert.Throws<ArgumentException>(() => EmbeddingGeometry.Alignment(ones(4, 5), ones(3, 5)));
        Assert.Contains("[4, 5] and [3, 5]", e.Message, StringComparison.Ordinal);
    }

    private static Tensor Normal(int n, int d, long seed = 4)
    {
        using var generator = new Generator((ulong)seed);
        return randn(n, d, generator: generator); // [n, d]
    }
}
