using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// The margin triplet loss (Table 2): a row's partner v⁺ shall be more similar than its negatives v⁻ by a margin m,
/// ℓ = max(u·v⁻ − u·v⁺ + m, 0), averaged over the 2N rows.
/// </summary>
/// <remarks>
/// ℓ is the mean over a row's 2N−2 negatives, those that lose nothing included, so that the loss does not grow with the batch;
/// with <see cref="NegativeMining.SemiHard"/> it is that of the closest negative that is farther than the partner, and 0 where
/// there is none or where it lies beyond the margin. With N = 1 it is 0. Similarities are not divided by a temperature; the
/// entropy that goes with the loss is that of τ = 1. The paper compares losses with the negatives of one view only
/// (Appendix B.10); here they are the negatives of both.
/// </remarks>
public sealed record MarginTriplet : ContrastiveLoss
{
    /// <summary>
    /// Margin m, at least 0, and above 0 with semi-hard negatives, which would never lose anything otherwise; the paper tries 0,
    /// 0.4, 0.8 and 1.6 (Appendix B.10).
    /// </summary>
    public double Margin { get; init; } = 0.4;

    /// <summary>Which negatives count.</summary>
    public NegativeMining Negatives { get; init; }

    /// <summary>
    /// m, what every negative loses that is as similar as the partner; 0 for N = 1. Null with semi-hard negatives, because it
    /// depends on how many negatives are farther by how little.
    /// </summary>
    /// <inheritdoc/>
    public override double? ChanceLevel(int n, int views = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return n == 1 ? 0 : Negatives == NegativeMining.All ? Margin : null;
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        RequireDefined(Negatives);
        if (!(Margin >= 0 && double.IsFinite(Margin)))
            throw new ArgumentException($"The margin must be finite and at least 0, not {Margin}.");
        if (Margin == 0 && Negatives == NegativeMining.SemiHard)
            throw new ArgumentException("The margin must be above 0 with semi-hard negatives, not 0.");
    }

    /// <inheritdoc/>
    protected override ContrastiveResult Compare(Tensor x, Tensor? labels, int views)
    {
        var positive = Partners(x, views); // [2N]
        var loss = Negatives == NegativeMining.All ? SimilarityRows.Mean(x, OfRows) : OfClosest(x, positive);
        return ContrastiveResult.Of(loss, positive, Denominators.Compare(x.detach(), temperature: 1));
    }

    private (Tensor Loss, Tensor ByPositive, Tensor ByNegatives) OfRows(Tensor positive, Tensor negatives)
    {
        var count = Math.Max(1, negatives.shape[1] - 2);
        var lost = negatives.sub_(positive).add_(Scalars.Of(Margin), Scalars.One).clamp_(min: Scalars.Of(0)); // [c, 2N]
        var loss = lost.sum(dim: 1).div(Scalars.Of(count));                                                   // [c]
        var byNegatives = lost.sign_().div_(Scalars.Of(count));                                               // [c, 2N]
        return (loss, -byNegatives.sum(dim: 1, keepdim: true), byNegatives);
    }

    private Tensor OfClosest(Tensor x, Tensor positive)
    {
        var (index, found) = SimilarityRows.SemiHard(x);
        var negative = (x * x.index_select(0, index)).sum(dim: 1);                                        // [2N]
        var lost = negative.sub(positive).add(Scalars.Of(Margin), Scalars.One).clamp(min: Scalars.Of(0)); // [2N]
        return (lost * found).mean();                                                                     // []
    }
}
