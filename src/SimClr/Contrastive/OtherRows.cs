using static TorchSharp.torch;

namespace SimClr.Contrastive;

/// <summary>What each of 2N rows sees when it is compared with all others, s(i, k) = xᵢ·xₖ/τ.</summary>
/// <param name="LogSumExp"><c>[2N]</c>: log Σ exp s(i, k) over the candidates k, which gradients flow through.</param>
/// <param name="LargestNegative"><c>[2N]</c>: the largest s(i, k) that is not the partner's; −∞ with N = 1. No gradient.</param>
/// <param name="MeanSimilarity"><c>[2N]</c>: Σ p(k|i)·s(i, k), the mean under the softmax. No gradient.</param>
internal readonly record struct OtherRows(Tensor LogSumExp, Tensor LargestNegative, Tensor MeanSimilarity)
{
    /// <summary>Compares every row with every other.</summary>
    /// <param name="x"><c>[2N, D]</c>, float32 or float64.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="withPartner">Whether a row's partner is among its candidates; a row itself never is.</param>
    /// <returns>Tensors owned by the caller's dispose scope.</returns>
    public static OtherRows Compare(Tensor x, double temperature, bool withPartner = true)
    {
        using var scope = NewDisposeScope();
        var n = x.shape[0] / 2;
        var self = eye(2 * n, dtype: ScalarType.Bool, device: x.device);                               // [2N, 2N]
        var partner = self.roll(n, 0);                                                                 // [2N, 2N]
        var s = (x.mm(x.t()) / temperature).masked_fill(self, double.NegativeInfinity);                // [2N, 2N]
        var others = s.detach().masked_fill(partner, double.NegativeInfinity);                         // [2N, 2N]
        if (!withPartner) s = s.masked_fill(partner, double.NegativeInfinity);
        var p = s.detach().softmax(1);                                                                 // [2N, 2N]
        var mean = (p * s.detach().masked_fill(p.eq(0), 0)).sum(dim: 1);                               // [2N]
        return new(s.logsumexp(1).MoveToOuterDisposeScope(), others.amax([1]).MoveToOuterDisposeScope(),
            mean.MoveToOuterDisposeScope());
    }
}
