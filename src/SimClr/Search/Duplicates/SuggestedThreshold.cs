using SimClr.Features;
using static TorchSharp.torch;

namespace SimClr.Search;

/// <summary>
/// A threshold for duplicates, from how images crowd around each other. Within a small distance r = √(2 − 2·cosine) of a
/// image lie others in proportion to r^m, m being the number of directions in which images differ. m is read from the
/// ratio of the distances of the third and the eighth nearest other, and the density around an image from the eighth's:
/// Levina and Bickel, "Maximum likelihood estimation of intrinsic dimension", 2004. A copy or two of each image are nearer
/// than that and change neither. The threshold is where <see cref="ShareOfDistinct"/> of distinct images would have another
/// as near by chance.
/// </summary>
/// <param name="Cosine">The threshold.</param>
/// <param name="IsFromData">Whether it was found so; else there are too few images, and it is a usual value.</param>
public sealed record SuggestedThreshold(double Cosine, bool IsFromData)
{
    /// <summary>The share of distinct images that may have another as near by chance.</summary>
    public const double ShareOfDistinct = 0.0003;

    private const int Inner = 3, Outer = 8;

    // Number of images that suffice as a sample of a large index.
    private const int Sample = 2048;

    // With fewer images than this, the ratios are not reliable.
    private const int MinImages = 50;

    private const double Usual = 0.98;

    // Vectors of one image may differ by rounding, where it was embedded in batches of different sizes.
    private const double Highest = 0.9999;

    // The volumes within the third and the eighth nearest are Gamma(3) and Gamma(8); their ratio is Beta(3, 5), with this median.
    private const double MedianOfRatio = 0.3641;

    // Images in bursts, whose eighth nearest is a copy too, count as if they lay as densely as the densest of the others.
    private const double ShareInBursts = 0.25;

    /// <summary>Suggests a threshold.</summary>
    /// <param name="nearest">For each image the cosines of its eight nearest others, nearest first.</param>
    /// <exception cref="ArgumentException">There are 50 images or more, and one has fewer than eight.</exception>
    public static SuggestedThreshold Compute(IReadOnlyList<IReadOnlyList<double>> nearest)
    {
        ArgumentNullException.ThrowIfNull(nearest);
        if (nearest.Count < MinImages) return new(Usual, false);
        if (nearest.Any(others => others.Count < Outer))
            throw new ArgumentException($"Every image needs the cosines of its {Outer} nearest others.", nameof(nearest));
        double[] far = [.. nearest.Select(others => DistanceOf(others[Outer - 1])).Order()];
        double[] growth = [.. nearest.Select(others => Math.Log(DistanceOf(others[Outer - 1]) / DistanceOf(others[Inner - 1])))
            .Where(ratio => !double.IsNaN(ratio)).Order()];
        var densest = far[(int)(ShareInBursts * far.Length)];
        if (growth.Length == 0 || !(growth[growth.Length / 2] > 0) || !(densest > 0)) return new(Highest, true);
        var directions = -Math.Log(MedianOfRatio) / growth[growth.Length / 2];
        // The expected number of others within a distance of 1 at the same density, mean over the images. In logarithms, since
        // distance^directions would overflow.
        var logarithm = MeanOfPowers([.. far.Select(distance => -directions * Math.Log(Math.Max(distance, densest)))])
            + Math.Log(Outer - 1);
        var near = Math.Exp((Math.Log(ShareOfDistinct) - logarithm) / directions);
        return new(Math.Min(Highest, 1 - near * near / 2), true);
    }

    /// <summary>Suggests a threshold for vectors, from some of them.</summary>
    public static SuggestedThreshold Compute(FeatureSet set, CancellationToken cancellationToken = default)
    {
        if (set.Count < MinImages) return new(Usual, false);
        cancellationToken.ThrowIfCancellationRequested();
        var count = Math.Min(Sample, set.Count);
        int[] rows = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * set.Count / count))];
        return Compute(NearestOthers.Find(set, rows, Outer, CPU)
            .Select(others => Array.ConvertAll(others, other => other.Similarity)).ToList());
    }

    /// <summary>The logarithm of the mean of exponentials.</summary>
    private static double MeanOfPowers(double[] exponents)
    {
        var largest = exponents.Max();
        return largest + Math.Log(exponents.Average(exponent => Math.Exp(exponent - largest)));
    }

    private static double DistanceOf(double cosine) => Math.Sqrt(Math.Max(0, 2 - 2 * cosine));
}
