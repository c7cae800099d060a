using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// How the vectors of images lie: whether partners lie together, whether the rest is spread, and over how many dimensions.
/// Contrastive learning pulls partners together and pushes all others apart; a figure says which of the two it fails at.
/// </summary>
/// <remarks>
/// Computed in float64 on the processor, without gradients. Values that are not finite give NaN. Rows of zeros lie together
/// at the center of the sphere.
/// </remarks>
public static class EmbeddingGeometry
{
    private const double SmallestNorm = 1e-12;

    /// <summary>
    /// The mean squared distance of partners on the unit sphere, mean ‖uᵢ − vᵢ‖² (Wang and Isola 2020, arXiv:2005.10242,
    /// Section 4.1 with α = 2), which is 2 − 2 mean cos(uᵢ, vᵢ).
    /// </summary>
    /// <param name="first">First views <c>[N, D]</c>, of any length.</param>
    /// <param name="second">Second views <c>[N, D]</c>, of any length.</param>
    /// <returns>
    /// 0 when partners coincide to 4 when they are opposite; 2 when they have nothing in common. Low is good, if uniformity is
    /// low as well: rows that are all alike are aligned too.
    /// </returns>
    /// <exception cref="ArgumentException">The shapes differ or are not <c>[N, D]</c>.</exception>
    public static double Alignment(Tensor first, Tensor second)
    {
        Require(first, 1, nameof(first));
        Require(second, 1, nameof(second));
        if (!first.shape.SequenceEqual(second.shape))
            throw new ArgumentException($"Partners must have one shape, not {Shape(first)} and {Shape(second)}.", nameof(second));
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return (Directions(first) - Directions(second)).pow(Scalars.Of(2)).sum(dim: 1).mean().item<double>();
    }

    /// <summary>
    /// The logarithm of the mean Gaussian potential of pairs on the unit sphere, log mean exp(−2‖uᵢ − uⱼ‖²) over i &lt; j (Wang
    /// and Isola 2020, arXiv:2005.10242, Section 4.1 with t = 2).
    /// </summary>
    /// <param name="rows">One vector for each image, <c>[N, D]</c> with N of at least 2, of any length.</param>
    /// <returns>
    /// 0 when all point the same way. Spread evenly, many rows come near −4N/(N−1) in many dimensions and less low in few. Low is
    /// good. Near 0 it is about −4 (1 − the mean cosine).
    /// </returns>
    /// <exception cref="ArgumentException">The shape is not <c>[N, D]</c>, or N is below 2.</exception>
    public static double Uniformity(Tensor rows)
    {
        Require(rows, 2, nameof(rows));
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var u = Directions(rows);                                    // [N, D]
        var squares = u.mul(u).sum(dim: 1, keepdim: true);           // [N, 1]: 1, or 0 where a row is zero
        var distances = squares.add(squares.t(), Scalars.One)
            .sub(u.mm(u.t()).mul(Scalars.Of(2)));                    // [N, N]
        var potential = distances.mul(Scalars.Of(-2)).exp().triu(1); // [N, N], the pairs i < j
        var pairs = rows.shape[0] * (rows.shape[0] - 1) / 2.0;
        return Math.Log(potential.sum().item<double>() / pairs);
    }

    /// <summary>
    /// How many dimensions the rows use: exp(−Σ pₖ ln pₖ) with pₖ = σₖ/Σσ of the singular values σ (Roy and Vetterli 2007, "The
    /// effective rank"; on embeddings, RankMe, Garrido et al. 2023, arXiv:2210.02885).
    /// </summary>
    /// <remarks>
    /// As in RankMe the mean is not taken away. Representations behind a ReLU have a large common part, so theirs is lower than
    /// the rank of their differences; but only so does an encoder that gives every image nearly the same vector score near 1,
    /// where the tiny differences left, mostly rounding, would look like many dimensions.
    /// </remarks>
    /// <param name="rows">One vector for each image, <c>[N, D]</c>. Their lengths count.</param>
    /// <returns>
    /// 1 when all rows lie on one line, at most min(N, D), when the singular values are equal; 0 for zeros alone. High is good. A
    /// sample of N rows cannot show more than N, and random rows fall short of it where N is not far above D: compare figures
    /// of the same N and D.
    /// </returns>
    /// <exception cref="ArgumentException">The shape is not <c>[N, D]</c>.</exception>
    public static double EffectiveRank(Tensor rows)
    {
        Require(rows, 1, nameof(rows));
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var x = Exact(rows); // [N, D]
        if (!isfinite(x).all().item<bool>()) return double.NaN; // which have no eigenvalues
        // The smaller of the two products has all squares of singular values that are not 0.
        var squares = linalg.eigvalsh(x.shape[0] <= x.shape[1] ? x.mm(x.t()) : x.t().mm(x));
        var singular = squares.clamp_min(Scalars.Of(0)).sqrt().data<double>().ToArray();
        var sum = singular.Sum();
        if (sum == 0) return 0;
        return Math.Exp(-singular.Where(value => value > 0).Sum(value => value / sum * Math.Log(value / sum)));
    }

    private static Tensor Exact(Tensor rows) => rows.detach().to(CPU).to(ScalarType.Float64);

    private static Tensor Directions(Tensor rows) =>
        nn.functional.normalize(Exact(rows), p: 2, dim: 1, eps: SmallestNorm); // [N, D]

    private static void Require(Tensor rows, int least, string name)
    {
        ArgumentNullException.ThrowIfNull(rows, name);
        if (rows.dim() != 2 || rows.shape[0] < least || rows.shape[1] < 1)
            throw new ArgumentException($"Vectors must be [N, D] with N of at least {least}, not {Shape(rows)}.", name);
    }

    private static string Shape(Tensor rows) => $"[{string.Join(", ", rows.shape)}]";
}
