using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// Decoupled contrastive learning, DCL (Yeh et al. 2021, arXiv:2110.06848, Equation 6): NT-Xent without the partner in the
/// denominator, which makes small batches learn as fast as large ones. With s(i, k) = uᵢ·uₖ/τ,
/// ℓ(i, j) = −w·s(i, j) + log Σₖ exp s(i, k) over the 2N−2 other images' views k, averaged over the rows i and their
/// partners j. With N = 1 the loss and its gradient are 0.
/// </summary>
/// <remarks>
/// The weight w is 1, or with <see cref="PositiveWeightSigma"/> that of DCLW. It takes part in the gradient as in the code most
/// others follow (raminnakhli/Decoupled-Contrastive-Learning), whose loss is the sum of two means over N and so twice ours;
/// lightly keeps the weight constant, and adds the log-sum-exps of first and second views where the equation has one of both.
/// </remarks>
public sealed record DecoupledContrastive : ContrastiveLoss
{
    /// <summary>Temperature τ, above 0.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>
    /// σ, above 0, of the negative von Mises-Fisher weight w = 2 − exp(uᵢ·uⱼ/σ) / mean exp(uᵢ·uⱼ/σ), the mean over all N pairs:
    /// pairs that agree less than others count more (DCLW; 0.5 in the paper). Null is DCL: w = 1.
    /// </summary>
    public double? PositiveWeightSigma { get; init; }

    /// <summary>ln(2N−2), the loss of 2N−2 equal candidates; 0 for N = 1.</summary>
    /// <inheritdoc/>
    public override double? ChanceLevel(int n, int views = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return Math.Log(Math.Max(1, 2.0 * n - 2));
    }

    /// <inheritdoc/>
    protected override void Validate()
    {
        RequireTemperature(Temperature);
        if (PositiveWeightSigma is { } sigma && !(sigma > 0 && double.IsFinite(sigma)))
            throw new ArgumentException($"The weight's sigma must be finite and above 0, or null, not {sigma}.");
    }

    /// <inheritdoc/>
    protected override ContrastiveResult Compare(Tensor x, Tensor? labels, int views)
    {
        var n = x.shape[0] / 2;
        var agreement = (x[..(int)n] * x[(int)n..]).sum(dim: 1); // [N]
        var positive = agreement.div(Scalars.Of(Temperature));   // [N]
        // Weights of 2 − N·softmax(agreement / σ).
        var weighted = PositiveWeightSigma is { } sigma
            ? agreement.div(Scalars.Of(sigma)).softmax(0).mul(Scalars.Of(-n)).add(Scalars.Of(2), Scalars.One).mul(positive)
            : positive;                                          // [N]
        // A single pair has no negatives; its partner stays a candidate then, and cancels out.
        var others = Denominators.Compare(x, Temperature, withPartner: n == 1);
        var loss = (others.LogSumExp - weighted.repeat(2)).mean(); // []
        return ContrastiveResult.Of(loss, positive.repeat(2), others);
    }
}
