using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// An objective that compares the views of a batch with each other: V of each of N images, two by default. Options and equation
/// in one: an immutable record without parameters to train.
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

    /// <summary>Whether <see cref="Compute"/> takes more than two views of an image.</summary>
    public virtual bool TakesManyViews => false;

    /// <summary>The loss of a batch.</summary>
    /// <param name="z">
    /// Projections <c>[V·N, D]</c>, not normalized: rows 0..N−1 are first views, the next N second views, and so on; i, i+N,
    /// i+2N, … are views of one image. Computed in float32, or in float64 where z is.
    /// </param>
    /// <param name="labels">Labels of the N images, int64 <c>[N]</c>; ignored by objectives that need none.</param>
    /// <param name="views">Views V of each image; 2, or more for an objective that takes them.</param>
    /// <returns>Scalars owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">
    /// z is not <c>[V·N, D]</c>, there are more views than the objective takes, the labels that are needed are not <c>[N]</c>, or
    /// an option is out of bounds.
    /// </exception>
    public ContrastiveResult Compute(Tensor z, Tensor? labels = null, int views = 2)
    {
        ArgumentNullException.ThrowIfNull(z);
        Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 2);
        if (views > 2 && !TakesManyViews)
            throw new ArgumentException($"{GetType().Name} takes two views of an image, not {views}.", nameof(views));
        if (z.dim() != 2 || z.shape[0] < views || z.shape[0] % views != 0 || z.shape[1] < 1)
            throw new ArgumentException(
                $"Projections must be [{views}N, D], not [{string.Join(", ", z.shape)}].", nameof(z));
        if (NeedsLabels && (labels is null || labels.dim() != 1 || labels.shape[0] != z.shape[0] / views))
            throw new ArgumentException($"{GetType().Name} needs labels [{z.shape[0] / views}], one for each image, not "
                + $"{(labels is null ? "none" : $"[{string.Join(", ", labels.shape)}]")}.", nameof(labels));

        using var scope = NewDisposeScope();
        var x = z.dtype == ScalarType.Float64 ? z.alias() : z.to(ScalarType.Float32); // [V·N, D]
        if (Normalize) x = nn.functional.normalize(x, p: 2, dim: 1, eps: SmallestNorm);
        var result = Compare(x, labels, views);
        return new(result.Loss.MoveToOuterDisposeScope(), result.ContrastiveTop1.MoveToOuterDisposeScope(),
            result.Entropy.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The loss of projections that say nothing, for which all similarities are alike; null where it depends on what they are.
    /// </summary>
    /// <param name="n">Images per batch, N.</param>
    /// <param name="views">Views of each image, V.</param>
    /// <exception cref="ArgumentOutOfRangeException">N is below 1.</exception>
    public abstract double? ChanceLevel(int n, int views = 2);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    protected abstract void Validate();

    /// <summary>The loss of rows that are normalized already where that is wanted.</summary>
    /// <param name="x"><c>[V·N, D]</c>.</param>
    /// <param name="labels"><c>[N]</c> where they are needed.</param>
    /// <param name="views">V.</param>
    protected abstract ContrastiveResult Compare(Tensor x, Tensor? labels, int views);

    /// <summary>The similarities of every row to each of its V − 1 partners, the other views of its image.</summary>
    /// <param name="x"><c>[V·N, D]</c>.</param>
    /// <param name="views">V.</param>
    /// <returns>
    /// xᵢ·xₚ with p = i+N, i+2N, … modulo V·N: <c>[2N]</c> of two views, which have one partner each, else
    /// <c>[V − 1, V·N]</c>.
    /// </returns>
    private protected static Tensor Partners(Tensor x, int views)
    {
        var n = x.shape[0] / views;
        if (views == 2) return (x[..(int)n] * x[(int)n..]).sum(dim: 1).repeat(2);
        return stack([.. Enumerable.Range(1, views - 1).Select(shift => (x * x.roll(-shift * n, 0)).sum(dim: 1))]);
    }

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
