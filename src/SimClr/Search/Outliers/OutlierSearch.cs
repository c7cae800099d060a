using SimClr.Features;
using static TorchSharp.torch;

namespace SimClr.Search;

/// <summary>Images that resemble nothing: those least alike to their nearest others.</summary>
public static class OutlierSearch
{
    private const int Block = 1 << 13;

    /// <summary>Finds them; every pair is compared.</summary>
    /// <param name="index">The images and their vectors.</param>
    /// <param name="neighbors">
    /// With how many nearest others an image is compared, at least 1. Few show images that are alone, more also groups so
    /// small.
    /// </param>
    /// <param name="count">How many to find; fewer are found where there are fewer.</param>
    /// <param name="progress">Receives the finished share, 0 to 1; or null.</param>
    /// <param name="cancellationToken">Checked regularly.</param>
    /// <returns>The images, least alike first; none where there are fewer than two images.</returns>
    public static IReadOnlyList<Outlier> Find(ImageIndex index, int neighbors = 10, int count = 20,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (index.Images.Count < 2) return [];
        var (set, k) = (index.Features(), Math.Min(neighbors, index.Images.Count - 1));
        var outliers = new List<Outlier>();
        for (var start = 0; start < set.Count; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] rows = [.. Enumerable.Range(start, Math.Min(Block, set.Count - start))];
            var nearest = NearestOthers.Find(set, rows, k, CPU);
            outliers.AddRange(rows.Zip(nearest, (row, others) => new Outlier(row, others.Average(other => other.Similarity),
                [.. others.Select(other => new SimilarPair(row, other.Row, other.Similarity))])));
            outliers = [.. outliers.OrderBy(outlier => outlier.Similarity).ThenBy(outlier => outlier.Image).Take(count)];
            progress?.Report((double)(start + rows.Length) / set.Count);
        }
        return outliers;
    }
}
