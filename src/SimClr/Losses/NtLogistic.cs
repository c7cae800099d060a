using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// The normalized temperature-scaled logistic loss (Table 2): each row tells its partner v⁺ from the negatives v⁻ one by one,
/// ℓ = −log σ(u·v⁺/τ) − log σ(−u·v⁻/τ), averaged over the 2N rows.
/// </summary>
/// <remarks>
/// The second term is the mean over a row's 2N−2 negatives, so that the loss does not grow with the batch; with
/// <see cref="NegativeMining.SemiHard"/> it is that of the closest negative that is farther than the partner (the equation has no
/// margin that could bound how far), and is left out where there is none, as it always is with N = 1. The paper compares losses
/// with the negatives of one view only (Appendix B.10); here they are the negatives of both.
/// </remarks>
public sealed record NtLogistic : ContrastiveLoss
{
    /// <summary>Temperature τ, above 0; the paper tries 0.1, 0.2, 0.5 and 1 (Appendix B.10).</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>Which negatives count.</summary>
    public NegativeMining Negatives { get; init; }

    /// <summary>
    /// Null: equal similarities s lose log(1 + exp(−s/τ)) + log(1 + exp(s/τ)), which is least, 2 ln 2, at s = 0.
    /// </summary>
    /// <inheritdoc/>
    public override double? ChanceLevel(int n, int views = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return null;
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        RequireTemperature(Temperature);
        RequireDefined(Negatives);
    }

    /// <inheritdoc/>
    protected override ContrastiveResult Compare(Tensor x, Tensor? labels, int views)
    {
        var positive = Partners(x, views).div(Scalars.Of(Temperature)); // [2N]
        var loss = Negatives == NegativeMining.All ? SimilarityRows.Mean(x, OfRows) : OfClosest(x, positive);
        return ContrastiveResult.Of(loss, positive, Denominators.Compare(x.detach(), Temperature));
    }

    private (Tensor Loss, Tensor ByPositive, Tensor ByNegatives) OfRows(Tensor positive, Tensor negatives)
    {
        var count = Math.Max(1, negatives.shape[1] - 2);
        var p = positive.div(Scalars.Of(Temperature));                                            // [c, 1]
        var k = negatives.div_(Scalars.Of(Temperature));                                          // [c, 2N]
        var loss = -LogSigmoid(p).squeeze(1) - LogSigmoid(-k).sum(dim: 1).div(Scalars.Of(count)); // [c]
        var byPositive = (-p).sigmoid_().div_(Scalars.Of(-Temperature));                          // [c, 1]
        return (loss, byPositive, k.sigmoid_().div_(Scalars.Of(Temperature * count)));            // [c], …, [c, 2N]
    }

    private Tensor OfClosest(Tensor x, Tensor positive)
    {
        var (index, found) = SimilarityRows.SemiHard(x);
        var negative = (x * x.index_select(0, index)).sum(dim: 1).div(Scalars.Of(Temperature)); // [2N]
        return -LogSigmoid(positive).add(LogSigmoid(-negative) * found, Scalars.One).mean();    // []
    }

    private static Tensor LogSigmoid(Tensor x) => nn.functional.logsigmoid(x);
}
