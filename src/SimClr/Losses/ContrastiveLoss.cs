using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// An objective that compares the 2N views of a batch with each other. Options and equation in one: an immutable record without
/// parameters to train.
/// </summary>
public abstract record ContrastiveLoss
{
    private const double SmallestNorm = 1e-12;

    /// <summary>
    /// Whether rows are divided by their length, so that similarities are cosines (ℓ2 normalization, Table 5); else they are
    /// dot products.
    /// </summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Whether <see cref="Compute"/> needs the images' labels.</summary>
    public virtual bool NeedsLabels => false;

    /// <summary>The loss of a batch.</summary>
    /// <param name="z">
    /// Projections <c>[2N, D]</c>, not normalized: rows 0..N−1 are first views, and i and i+N are partners. Computed in float32,
    /// or in float64 where z is.
    /// </param>
    /// <param name="labels">Labels of the N images, int64 <c>[N]</c>; ignored by objectives that need none.</param>
    /// <returns>Scalars owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">
    /// z is not <c>[2N, D]</c>, the labels that are needed are not <c>[N]</c>, or an option is out of bounds.
    /// </exception>
    public ContrastiveResult Compute(Tensor z, Tensor? labels = null)
    {
        ArgumentNullException.ThrowIfNull(z);
        Validate();
        if (z.dim() != 2 || z.shape[0] < 2 || z.shape[0] % 2 != 0 || z.shape[1] < 1)
            throw new ArgumentException($"Projections must be [2N, D], not [{string.Join(", ", z.shape)}].", nameof(z));
        if (NeedsLabels && (labels is null || labels.dim() != 1 || labels.shape[0] != z.shape[0] / 2))
            throw new ArgumentException($"{GetType().Name} needs labels [{z.shape[0] / 2}], one for each image, not "
                + $"{(labels is null ? "none" : $"[{string.Join(", ", labels.shape)}]")}.", nameof(labels));

        using var scope = NewDisposeScope();
        var x = z.dtype == ScalarType.Float64 ? z.alias() : z.to(ScalarType.Float32); // [2N, D]
        if (Normalize) x = nn.functional.normalize(x, p: 2, dim: 1, eps: SmallestNorm);
        var result = Compare(x, labels);
        return new(result.Loss.MoveToOuterDisposeScope(), result.ContrastiveTop1.MoveToOuterDisposeScope(),
            result.Entropy.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The loss of projections that say nothing, for which all similarities are alike; null where it depends on what they are.
    /// </summary>
    /// <param name="n">Images per batch, N.</param>
    /// <exception cref="ArgumentOutOfRangeException">N is below 1.</exception>
    public abstract double? ChanceLevel(int n);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    protected abstract void Validate();

    /// <summary>The loss of rows that are normalized already where that is wanted.</summary>
    /// <param name="x"><c>[2N, D]</c>.</param>
    /// <param name="labels"><c>[N]</c> where they are needed.</param>
    protected abstract ContrastiveResult Compare(Tensor x, Tensor? labels);

    /// <summary>Refuses a temperature that is not finite and above 0.</summary>
    protected static void RequireTemperature(double temperature)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
            throw new ArgumentException($"The temperature must be finite and above 0, not {temperature}.");
    }
    /// <summary>Refuses a way of mining that does not exist.</summary>
    private protected static void RequireDefined(NegativeMining negatives)
    {
        if (!Enum.IsDefined(negatives))
            throw new ArgumentException($"The negatives must be All or SemiHard, not {negatives}.");
    }
}
