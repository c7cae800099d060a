using SimClr.Features;
using static TorchSharp.torch;

namespace SimClr.Search;

/// <summary>Pictures that resemble nothing: those least alike to their nearest others.</summary>
public static class OutlierSearch
{
    private const int Block = 1 << 13;

    /// <summary>Finds them; every pair is compared.</summary>
    /// <param name="index">The pictures and their vectors.</param>
    /// <param name="neighbors">
    /// With how many nearest others a picture is compared, at least 1. Few show pictures that are alone, more also groups so
    /// small.
    /// </param>
    /// <param name="count">How many to find; fewer are found where there are fewer.</param>
    /// <param name="progress">Receives the finished share, 0 to 1; or null.</param>
    /// <param name="cancellation">Checked regularly.</param>
    /// <returns>The pictures, least alike first; none where there are fewer than two pictures.</returns>
    public static IReadOnlyList<Outlier> Find(VectorIndex index, int neighbors = 10, int count = 20,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (index.Pictures.Count < 2) return [];
        var (set, k) = (index.Features(), Math.Min(neighbors, index.Pictures.Count - 1));
        var outliers = new List<Outlier>();
        for (var start = 0; start < set.Count; start += Block)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] rows = [.. Enumerable.Range(start, Math.Min(Block, set.Count - start))];
            var nearest = NearestOthers.Of(set, rows, k, CPU);
            outliers.AddRange(rows.Zip(nearest, (row, others) => new Outlier(row, others.Average(other => other.Similarity),
                [.. others.Select(other => new SimilarPair(row, other.Row, other.Similarity))])));
            outliers = [.. outliers.OrderBy(outlier => outlier.Similarity).ThenBy(outlier => outlier.Picture).Take(count)];
            progress?.Report((double)(start + rows.Length) / set.Count);
        }
        return outliers;
    }
}
