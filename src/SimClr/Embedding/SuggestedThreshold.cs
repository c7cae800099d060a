namespace SimClr.Embedding;

/// <summary>
/// A threshold for duplicates, from how near the nearest other is to each picture. The least of many independent distances follows a
/// Weibull distribution, F(r) = 1 − exp(−(r/λ)^m), whose m says in how many directions pictures differ. λ and m are taken from its far
/// half, the median and the 90th percentile of r = √(2 − 2·cosine), where no duplicates are as long as most pictures have none. The
/// threshold is where <see cref="ShareOfDistinct"/> of distinct pictures would have another as near by chance.
/// </summary>
/// <param name="Cosine">The threshold.</param>
/// <param name="IsFromData">Whether it was found so; else there are too few pictures, and it is a usual value.</param>
/// <param name="Median">The median of the nearest similarities; null without pictures.</param>
public sealed record SuggestedThreshold(double Cosine, bool IsFromData, double? Median)
{
    /// <summary>The share of distinct pictures that may have another as near by chance.</summary>
    public const double ShareOfDistinct = 0.001;

    // Below so many pictures the percentiles say little.
    private const int FewestPictures = 50;

    private const double Usual = 0.98;

    // Vectors of one picture may differ by rounding, where it was embedded in batches of different sizes.
    private const double Highest = 0.9999;

    /// <summary>Suggests a threshold.</summary>
    /// <param name="nearest">For each picture the cosine of the nearest other.</param>
    public static SuggestedThreshold Of(IReadOnlyList<double> nearest)
    {
        ArgumentNullException.ThrowIfNull(nearest);
        double[] distances = [.. nearest.Select(cosine => Math.Sqrt(Math.Max(0, 2 - 2 * cosine))).Order()];
        double? median = distances.Length > 0 ? CosineOf(distances[distances.Length / 2]) : null;
        if (distances.Length < FewestPictures) return new(Usual, false, median);
        var (half, far) = (distances[distances.Length / 2], distances[distances.Length * 9 / 10]);
        if (!(half > 0 && far > half)) return new(Highest, true, median);
        var shape = Math.Log(Math.Log(10) / Math.Log(2)) / Math.Log(far / half);
        var near = half * Math.Pow(-Math.Log(1 - ShareOfDistinct) / Math.Log(2), 1 / shape);
        return new(Math.Min(Highest, CosineOf(near)), true, median);
    }

    private static double CosineOf(double distance) => 1 - distance * distance / 2;
}
