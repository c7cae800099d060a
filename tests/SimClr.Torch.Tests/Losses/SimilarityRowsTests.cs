using SimClr.Losses;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

public sealed class SimilarityRowsTests
{
    private const int N = 23, Bytes = 2 * N * sizeof(double);

    public SimilarityRowsTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(0, 1)]           // never less than one row
    [InlineData(Bytes, 1)]
    [InlineData(10 * Bytes, 10)] // 46 is no multiple of 10
    [InlineData(46 * Bytes, 46)]
    [InlineData(long.MaxValue, 46)]
    public void Results_do_not_depend_on_blocks_which_are_as_large_as_allowed(long blockBytes, int rows)
    {
        using var scope = NewDisposeScope();
        var (expected, gradient, index, found) = Plain();
        var x = Rows();
        var sizes = new List<long>();
        var mean = SimilarityRows.Mean(x, (positive, negatives) =>
        {
            sizes.Add(negatives.shape[0]);
            return Squares(positive, negatives);
        }, blockBytes);
        (mean * 3).backward();

        Assert.Equal(2 * N, sizes.Sum());
        Assert.All(sizes.SkipLast(1), size => Assert.Equal(rows, size));
        // The same float64 numbers, added in another order.
        Assert.Equal(expected.item<double>(), mean.item<double>(), 1e-12);
        Assert.True(allclose(gradient * 3, x.grad!, 1e-12, 1e-12));

        var mined = SimilarityRows.SemiHard(x, blockBytes);
        Assert.True(found.Equals(mined.Found));
        Assert.True(index.masked_select(found).Equals(mined.Index.masked_select(found)));
        Assert.True(found.any().item<bool>() && !found.all().item<bool>(), "Some rows should have a farther negative, not all.");
    }

    // ℓᵢ = (positive − 1)² + Σ negative².
    private static (Tensor, Tensor, Tensor) Squares(Tensor positive, Tensor negatives)
    {
        var finite = negatives.nan_to_num(neginf: 0);
        return ((positive - 1).square().squeeze(1) + finite.square().sum(dim: 1), 2 * (positive - 1), 2 * finite);
    }

    /// <summary>The same from one large matrix, by automatic differentiation and sorting.</summary>
    private static (Tensor Mean, Tensor Gradient, Tensor Index, Tensor Found) Plain()
    {
        var x = Rows();
        var s = x.mm(x.t());                                                     // [2N, 2N]
        var self = eye(2 * N, dtype: ScalarType.Bool);
        var partner = self.roll(N, 0);
        var positive = s.masked_select(partner);                                 // [2N], in order of rows
        var negatives = s.masked_fill(self.logical_or(partner), 0);
        var mean = ((positive - 1).square() + negatives.square().sum(dim: 1)).mean();
        mean.backward();
        var farther = s.detach().masked_fill(self.logical_or(partner), double.NegativeInfinity);
        farther = farther.masked_fill(farther.ge(positive.unsqueeze(1)), double.NegativeInfinity);
        return (mean, x.grad!, farther.argmax(1), farther.isinf().all(1).logical_not());
    }

    private static Tensor Rows()
    {
        var rows = tensor(ObjectiveCase.Rows(N, 5), [2 * N, 5]);
        rows[N].copy_(rows[0] * -10); // no row is farther from the first than its partner
        return rows.requires_grad_();
    }
}
