using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// The normalized temperature-scaled cross entropy loss (Equation 1 and Algorithm 1): with s(i, k) = uᵢ·uₖ/τ of rows u = z/‖z‖,
/// ℓ(i, j) = −log( exp s(i, j) / Σₖ≠ᵢ exp s(i, k) ), averaged over the 2N rows i and their partners j. With N = 1 the loss and
/// its gradient are 0.
/// </summary>
/// <remarks>
/// With V views of each image a row has V − 1 partners P(i), and its loss is their mean,
/// ℓ(i) = −1/(V−1) · Σₚ log( exp s(i, p) / Σₖ≠ᵢ exp s(i, k) ), averaged over the V·N rows: Equation 2 of Khosla et al. 2020
/// (arXiv:2004.11362) with images as classes, and the arithmetic mean of Shidani et al. 2024 (arXiv:2403.05490) over candidates
/// that include the other partners. V = 2 is the paper's loss.
/// </remarks>
public sealed record NtXent : ContrastiveLoss
{
    /// <summary>Temperature τ, above 0.</summary>
    public double Temperature { get; init; } = 0.5;

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
        var positive = Partners(x, views).div(Scalars.Of(Temperature)); // [2N] or [V − 1, V·N]
        var others = Denominators.Compare(x, Temperature, views: views);
        var mean = views > 2 ? positive.mean([0]) : positive;           // [V·N]
        return ContrastiveResult.Of((others.LogSumExp - mean).mean(), positive, others);
    }
}
