using static TorchSharp.torch;

namespace SimClr.Contrastive;

/// <summary>What a batch says about the projections.</summary>
/// <param name="Loss">The mean loss over the 2N rows, a scalar that gradients flow through.</param>
/// <param name="ContrastiveTop1">
/// The fraction of rows whose partner is the most similar of the 2N−1 others, a scalar without gradient ("contrastive accuracy",
/// Table 5).
/// </param>
public readonly record struct NtXentResult(Tensor Loss, Tensor ContrastiveTop1);

/// <summary>
/// The normalised temperature-scaled cross entropy loss (Equation 1 and Algorithm 1): with s = uᵢ·uⱼ/τ of rows u = z/‖z‖,
/// ℓ(i, j) = −log( exp s(i, j) / Σₖ≠ᵢ exp s(i, k) ), averaged over the 2N rows i and their partners j.
/// </summary>
public static class NtXent
{
    private const double SmallestNorm = 1e-12;

    /// <summary>The loss of a batch.</summary>
    /// <param name="z">
    /// Projections <c>[2N, D]</c>, not normalised: rows 0..N−1 are first views, i and i+N are partners. Computed in float32.
    /// </param>
    /// <param name="temperature">τ, above 0.</param>
    /// <returns>Scalars owned by the caller's dispose scope. With N = 1 the loss and its gradient are 0.</returns>
    /// <exception cref="ArgumentException">z is not <c>[2N, D]</c>, or the temperature not above 0.</exception>
    public static NtXentResult Compute(Tensor z, double temperature)
    {
        ArgumentNullException.ThrowIfNull(z);
        if (z.dim() != 2 || z.shape[0] < 2 || z.shape[0] % 2 != 0 || z.shape[1] < 1)
            throw new ArgumentException($"Projections must be [2N, D], not [{string.Join(", ", z.shape)}].", nameof(z));
        if (!(temperature > 0 && double.IsFinite(temperature)))
            throw new ArgumentOutOfRangeException(
                nameof(temperature), temperature, "The temperature must be finite and above 0.");

        using var scope = NewDisposeScope();
        var n = z.shape[0] / 2;
        var u = nn.functional.normalize(z.to(ScalarType.Float32), p: 2, dim: 1, eps: SmallestNorm); // [2N, D]
        var self = eye(2 * n, dtype: ScalarType.Bool, device: z.device);                            // [2N, 2N]
        var s = (u.mm(u.t()) / temperature).masked_fill(self, double.NegativeInfinity);             // [2N, 2N]
        var positive = cat([s.diagonal(n), s.diagonal(-n)]);                                        // [2N]
        var loss = (s.logsumexp(1) - positive).mean();                                              // []
        return new(loss.MoveToOuterDisposeScope(), Top1(s.detach(), n).MoveToOuterDisposeScope());
    }

    /// <summary>The loss of projections that say nothing: ln(2N−1), that of 2N−1 equal candidates.</summary>
    /// <param name="n">Pictures per batch, N.</param>
    /// <exception cref="ArgumentOutOfRangeException">N is below 1.</exception>
    public static double ChanceLevel(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return Math.Log(2.0 * n - 1);
    }

    private static Tensor Top1(Tensor similarities, long n)
    {
        var partner = arange(2 * n, device: similarities.device).roll(n);            // [2N]
        return similarities.argmax(1).eq(partner).to(ScalarType.Float32).mean(); // []
    }
}
