using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// The normalized temperature-scaled cross entropy loss (Equation 1 and Algorithm 1): with s(i, k) = uᵢ·uₖ/τ of rows u = z/‖z‖,
/// ℓ(i, j) = −log( exp s(i, j) / Σₖ≠ᵢ exp s(i, k) ), averaged over the 2N rows i and their partners j. With N = 1 the loss and
/// its gradient are 0.
/// </summary>
public sealed record NtXent : ContrastiveLoss
{
    /// <summary>Temperature τ, above 0.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>ln(2N−1), the loss of 2N−1 equal candidates.</summary>
    /// <inheritdoc/>
    public override double? ChanceLevel(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return Math.Log(2.0 * n - 1);
    }

    /// <inheritdoc/>
    protected override void Validate() => RequireTemperature(Temperature);

    /// <inheritdoc/>
    protected override ContrastiveResult Compare(Tensor x, Tensor? labels)
    {
        var n = x.shape[0] / 2;
        var positive = (x[..(int)n] * x[(int)n..]).sum(dim: 1).repeat(2) / Temperature; // [2N]
        var others = Denominators.Compare(x, Temperature);
        return ContrastiveResult.Of((others.LogSumExp - positive).mean(), positive, others);
    }
}
