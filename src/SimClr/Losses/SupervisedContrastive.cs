using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// The supervised contrastive loss L_out (Khosla et al. 2020, arXiv:2004.11362, Equation 2): with s(i, k) = uᵢ·uₖ/τ, the
/// positives P(i) of a row are all other views of its class, and
/// ℓ(i) = −1/|P(i)| · Σₚ log( exp s(i, p) / Σₖ≠ᵢ exp s(i, k) ), averaged over the V·N rows. When no two images share a class, it
/// is NT-Xent.
/// </summary>
/// <remarks>
/// A label below 0 means unlabeled: such an image's views have only each other as positives. The authors' code multiplies the
/// loss by τ/0.07; the equation does not, nor do we.
/// </remarks>
public sealed record SupervisedContrastive : ContrastiveLoss
{
    /// <summary>Temperature τ, above 0; 0.1 in the paper.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <inheritdoc/>
    public override bool NeedsLabels => true;

    /// <inheritdoc/>
    public override bool TakesManyViews => true;

    /// <summary>ln(V·N−1), the loss of V·N−1 equal candidates.</summary>
    /// <inheritdoc/>
    public override double? ChanceLevel(int n, int views = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return Math.Log((double)views * n - 1);
    }

    /// <inheritdoc/>
    protected override void Validate() => RequireTemperature(Temperature);

    /// <inheritdoc/>
    protected override ContrastiveResult Compare(Tensor x, Tensor? labels, int views)
    {
        var n = x.shape[0] / views;
        var image = arange(Scalars.Of(0), Scalars.Of(n), Scalars.One, ScalarType.Int64, x.device); // [N]
        var label = labels!.detach().to(ScalarType.Int64).to(x.device);                            // [N]
        var classes = where(label.lt(Scalars.Of(0)), image.neg().sub(Scalars.One), label);         // [N], unlabeled: each its own
        var (names, numbers, images) = classes.unique(return_inverse: true, return_counts: true);  // [C], [N], [C]
        var row = numbers!.repeat(views);                                                          // [V·N]
        var positives = images!.index_select(0, row).mul(Scalars.Of(views)).sub(Scalars.One);      // [V·N], their number

        // The sum over positives p of xᵢ·xₚ is xᵢ·(the class's sum − xᵢ).
        var sums = zeros([names.shape[0], x.shape[1]], x.dtype, x.device).index_add(0, row, x, Scalars.One);      // [C, D]
        var mean = (x * (sums.index_select(0, row) - x)).sum(dim: 1).div(positives).div(Scalars.Of(Temperature)); // [V·N]
        var others = Denominators.Compare(x, Temperature, views: views);
        var loss = (others.LogSumExp - mean).mean();                                                              // []
        return ContrastiveResult.Of(loss, Partners(x, views).div(Scalars.Of(Temperature)), others);
    }
}
