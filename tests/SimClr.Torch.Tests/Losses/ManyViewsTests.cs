using SimClr.Losses;
using SimClr.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

/// <summary>More than two views of each image, against the equation as it stands, row by row in float64.</summary>
public sealed class ManyViewsTests
{
    public ManyViewsTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(3, 5, 4, 0.5)]
    [InlineData(4, 1, 3, 0.2)]
    [InlineData(8, 9, 16, 0.1)]
    [InlineData(8, 40, 16, 0.5)] // several tiles
    [InlineData(5, 70, 16, 0.004)] // every row has a shift of its own
    public void Nt_xent_is_its_equation(int views, int n, int d, double temperature)
    {
        using var scope = NewDisposeScope();
        var z = randn([views * n, d], ScalarType.Float64, generator: new Generator(5));
        var plain = new Plain(z, n, temperature, Enumerable.Range(0, n).ToArray());
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            // A similarity is rounded by some 1e-7 in float32, and divided by the temperature.
            var tolerance = type == ScalarType.Float32 ? 1e-6 / temperature + 2e-6 : 1e-10;
            var rows = z.to(type).requires_grad_();
            var result = new NtXent { Temperature = temperature }.Compute(rows, labels: null, views);
            result.Loss.backward();
            Assert.Equal(plain.Loss, result.Loss.ToDouble(), tolerance);
            Assert.Equal(plain.Top1, result.ContrastiveTop1.ToDouble(), 1e-6);
            Assert.Equal(plain.Entropy, result.Entropy.ToDouble(), 4 * tolerance / Math.Min(1, temperature));
            var difference = (rows.grad!.to(ScalarType.Float64) - plain.Gradient).abs().max().ToDouble();
            Assert.InRange(difference, 0, 4 * tolerance / temperature);
        }
    }

    [Fact]
    public void Supervised_contrast_of_many_views_is_its_equation()
    {
        using var scope = NewDisposeScope();
        const int views = 3, n = 8;
        var z = randn([views * n, 6], ScalarType.Float64, generator: new Generator(6));
        int[] classes = [0, 1, 0, 2, 1, 1, -1, -2]; // the last two have no label: each is a class of its own
        var labels = tensor(classes.Select(label => (long)label).ToArray());
        var plain = new Plain(z, n, 0.3, classes);
        var rows = z.clone().requires_grad_();
        var result = new SupervisedContrastive { Temperature = 0.3 }.Compute(rows, labels, views);
        result.Loss.backward();
        Assert.Equal(plain.Loss, result.Loss.ToDouble(), 1e-10);
        Assert.InRange((rows.grad! - plain.Gradient).abs().max().ToDouble(), 0, 1e-10);
    }

    [Fact]
    public void Two_views_said_or_unsaid_are_the_same_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        var z = randn([2 * 70, 32], generator: new Generator(7));
        (double, byte[]) Of(Func<Tensor, ContrastiveResult> compute)
        {
            var rows = z.clone().requires_grad_();
            var result = compute(rows);
            result.Loss.backward();
            return (result.Loss.ToDouble(), [.. rows.grad!.bytes]);
        }
        var loss = new NtXent();
        var (expected, gradient) = Of(rows => loss.Compute(rows));
        var (actual, sameGradient) = Of(rows => loss.Compute(rows, null, views: 2));
        Assert.Equal(expected, actual);
        Assert.Equal(gradient, sameGradient);
    }

    [Fact]
    public void Views_that_are_all_alike_lose_the_chance_level()
    {
        using var scope = NewDisposeScope();
        var loss = new NtXent { Temperature = 0.1 };
        var result = loss.Compute(ones(4 * 6, 8), null, views: 4);
        Assert.Equal(Math.Log(4 * 6 - 1), loss.ChanceLevel(6, 4)!.Value, 1e-15);
        Assert.Equal(loss.ChanceLevel(6, 4)!.Value, result.Loss.ToDouble(), 1e-5);
    }

    [Fact]
    public void Wrong_numbers_of_views_are_refused()
    {
        using var scope = NewDisposeScope();
        var z = ones(12, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NtXent().Compute(z, null, views: 1));
        var uneven = Assert.Throws<ArgumentException>(() => new NtXent().Compute(z, null, views: 5));
        Assert.StartsWith("Projections must be [5N, D], not [12, 3].", uneven.Message, StringComparison.Ordinal);
        foreach (var loss in (ContrastiveLoss[])[new DecoupledContrastive(), new NtLogistic(), new MarginTriplet()])
        {
            Assert.False(loss.TakesManyViews);
            var error = Assert.Throws<ArgumentException>(() => loss.Compute(z, null, views: 3));
            Assert.StartsWith($"{loss.GetType().Name} takes two views of an image, not 3.", error.Message);
        }
    }

    [Theory]
    [InlineData(null)] // a shift of each row's own
    [InlineData(30f)]
    public void Sums_take_in_every_partner(float? shift)
    {
        using var scope = NewDisposeScope();
        var sums = new ExponentialSums(1, shift, partners: 3);
        double[] partners = [2, 9, 4], negatives = [1, -3];
        for (var p = 0; p < 3; p++) sums.Partners[p][0] = (float)partners[p];
        sums.Raise(0, 1);
        foreach (var s in negatives)
        {
            var e = (float)Math.Exp(s - (shift ?? 1));
            sums.Add(0, e, e * (float)s);
        }
        var read = sums.Read(1, withPartner: true);
        double[] all = [.. partners, .. negatives];
        var total = all.Sum(Math.Exp);
        Assert.Equal(Math.Log(total), read.LogSumExp[0].ToDouble(), 1e-5);
        Assert.Equal(all.Sum(s => s * Math.Exp(s)) / total, read.MeanSimilarity[0].ToDouble(), 1e-5);
        Assert.Equal(1, read.LargestNegative[0].ToDouble());
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(3, 50)]
    [InlineData(5, 70)]
    [InlineData(8, 40)]
    public unsafe void Tiles_leave_out_rows_themselves_and_partners_and_note_these(int views, int n)
    {
        const int tile = 128, stride = tile + 16;
        var count = views * n;
        using var scope = NewDisposeScope();
        using var tiles = new SimilarityTiles(randn(count, 8), temperature: 0.5, withPartner: true, views);
        var noted = Enumerable.Range(1, views - 1).Select(_ => new float[(count + tile) / tile * tile]).ToArray();
        var s = new float[tile * stride];
        foreach (var partners in (float[][]?[])[noted, null]) // counting, and then for the gradient
        {
            for (var top = 0; top < count; top += tile)
            {
                for (var left = top; left < count; left += tile)
                {
                    for (var i = 0; i < tile * stride; i++) s[i] = Product(top + i / stride, left + i % stride);
                    fixed (float* at = s) tiles.Exclude(at, top / tile, left / tile, partners);
                    for (var i = top; i < top + tile; i++)
                    {
                        for (var k = left; k < left + tile; k++)
                        {
                            var isOut = i >= count || k >= count || i == k || (partners is not null && i % n == k % n);
                            Assert.Equal(isOut ? ExponentialSums.Never : Product(i, k), s[(i - top) * stride + k - left]);
                        }
                    }
                }
            }
        }
        for (var i = 0; i < count; i++)
            for (var shift = 1; shift < views; shift++)
                Assert.Equal(Product(i, (i + shift * n) % count) / 0.5f, noted[shift - 1][i]);

        static float Product(int i, int k) => 1000 * Math.Min(i, k) + Math.Max(i, k);
    }

    /// <summary>Equation 2 of Khosla et al., in loops; the gradient by libtorch from the dense matrix in float64.</summary>
    private sealed class Plain
    {
        public Plain(Tensor z, int n, double temperature, int[] classes)
        {
            var count = (int)z.shape[0];
            using var leaf = z.clone().requires_grad_();
            var u = leaf / leaf.norm(1, keepdim: true);
            var similarities = u.mm(u.t()) / temperature;
            var s = similarities.detach().data<double>().ToArray();
            var weights = new double[count * count]; // the derivative of the loss by each similarity
            for (var i = 0; i < count; i++)
            {
                int[] others = [.. Enumerable.Range(0, count).Where(k => k != i)];
                bool IsPositive(int k) => k % n == i % n || (classes[i % n] >= 0 && classes[k % n] == classes[i % n]);
                int[] positives = [.. others.Where(IsPositive)];
                int[] partners = [.. others.Where(k => k % n == i % n)];
                var largest = others.Max(k => s[i * count + k]);
                var logSum = largest + Math.Log(others.Sum(k => Math.Exp(s[i * count + k] - largest)));
                Loss += positives.Sum(p => logSum - s[i * count + p]) / positives.Length / count;
                foreach (var k in others)
                {
                    var p = Math.Exp(s[i * count + k] - logSum);
                    weights[i * count + k] = (p - (IsPositive(k) ? 1.0 / positives.Length : 0)) / count;
                    Entropy -= p * (s[i * count + k] - logSum) / count;
                }
                var nearest = others.Except(partners).Select(k => s[i * count + k]).DefaultIfEmpty(double.NegativeInfinity).Max();
                Top1 += (double)partners.Count(p => s[i * count + p] > nearest) / partners.Length / count;
            }
            (similarities * tensor(weights, [count, count])).sum().backward();
            Gradient = leaf.grad!.clone();
        }

        public double Loss { get; }

        public double Top1 { get; }

        public double Entropy { get; }

        public Tensor Gradient { get; }
    }
}
