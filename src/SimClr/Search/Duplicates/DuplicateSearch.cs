using SimClr.Features;
using SimClr.Numerics;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Search;

/// <summary>
/// Near-identical images of an index. All pairs are compared once, exactly, in little memory; what any threshold would find
/// is then known. Two images are in a group when a chain of pairs that are at least as alike as the threshold connects
/// them.
/// </summary>
public sealed class DuplicateSearch
{
    // Pairs somewhat below a threshold are shown with it.
    private const double Below = 0.01;

    private const int Sample = 512;

    private readonly SimilarPair[] _links; // strongest first

    private DuplicateSearch(
        ImageIndex index, SuggestedThreshold suggestion, double lowest, SimilarPair[] nearest, SimilarPair[] links)
    {
        (Index, Suggestion, Lowest, _links) = (index, suggestion, lowest, links);
        Nearest = Array.ConvertAll(nearest, pair => pair.Similarity);
    }

    /// <summary>The index.</summary>
    public ImageIndex Index { get; }

    /// <summary>For each image the cosine of its vector and the nearest other; empty where there are fewer than two.</summary>
    public IReadOnlyList<double> Nearest { get; }

    /// <summary>A threshold that suits these images.</summary>
    public SuggestedThreshold Suggestion { get; }

    /// <summary>Lower thresholds cannot be asked for; a quarter of all images at most has no other as near as this.</summary>
    public double Lowest { get; }

    /// <summary>Checks a threshold before the work begins that it is for.</summary>
    /// <param name="threshold">A threshold, or null for the one that is suggested.</param>
    /// <exception cref="SettingsException">It is not between −1 and 1.</exception>
    public static void RequireThreshold(double? threshold) =>
        Require.That(threshold is null or (>= -1 and <= 1), nameof(threshold), "between -1 and 1 (a cosine)", threshold);

    /// <summary>Compares all images of an index.</summary>
    /// <param name="index">The images and their vectors.</param>
    /// <param name="threshold">A threshold that will be asked for, −1 to 1; or null.</param>
    /// <param name="progress">Receives the finished share, 0 to 1; or null.</param>
    /// <param name="cancellationToken">Checked regularly.</param>
    /// <exception cref="SettingsException">The threshold is out of its bounds.</exception>
    public static DuplicateSearch Find(ImageIndex index, double? threshold = null, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        RequireThreshold(threshold);
        var set = index.Features();
        var suggestion = SuggestedThreshold.Compute(set, cancellationToken);
        var lowest = Math.Min(Math.Min(threshold ?? 1, suggestion.Cosine) - Below, set.Count < 2 ? 1 : LowerQuartile(set));
        var (nearest, links) = NearestAndLinks.Of(set, lowest, new PairScan(set), progress, cancellationToken);
        return new(index, suggestion, lowest, nearest, links);
    }

    /// <summary>The groups at a threshold, the largest first; each in the order of the index.</summary>
    /// <exception cref="EmbeddingException">The threshold is below <see cref="Lowest"/>.</exception>
    public IReadOnlyList<DuplicateGroup> Groups(double threshold)
    {
        var sets = Joined(threshold, out var links);
        var weakest = new Dictionary<int, double>();
        foreach (var link in links) weakest[sets.Find(link.First)] = link.Similarity; // the last is the weakest
        return [.. Enumerable.Range(0, Index.Images.Count).Where(i => sets.SizeOf(i) > 1).GroupBy(sets.Find)
            .Select(group => (First: group.First(), Images: group.ToArray(), Weakest: weakest[group.Key]))
            .OrderByDescending(group => group.Images.Length).ThenBy(group => group.First)
            .Select(group => new DuplicateGroup(group.Images, group.Weakest,
                Array.ConvertAll(group.Images, other => other == group.First ? 1 : Cosine(group.First, other))))];
    }

    /// <summary>
    /// Groups with the image worth keeping first: the most pixels, then the most bytes, then the oldest file, then the
    /// first by name. Images that are gone, have changed since they were indexed or cannot be read come last. Of files only
    /// the headers are read.
    /// </summary>
    /// <param name="groups">Groups of this search.</param>
    /// <param name="cancellationToken">Checked between images.</param>
    /// <returns>The same groups, with <see cref="DuplicateGroup.Facts"/> and similarities to their new first images.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<DuplicateGroup> WorthFirst(IReadOnlyList<DuplicateGroup> groups,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return [.. groups.Select(group =>
        {
            var ranked = group.Images.Select(image => (Image: image, Facts: FactsOf(image)))
                .OrderBy(one => one.Facts, ImageFacts.WorthFirst)
                .ThenBy(one => Index.Images[one.Image].Image, StringComparer.Ordinal).ThenBy(one => one.Image).ToList();
            var first = ranked[0].Image;
            return group with
            {
                Images = ranked.ConvertAll(one => one.Image),
                ToFirst = ranked.ConvertAll(one => one.Image == first ? 1 : Cosine(first, one.Image)),
                Facts = ranked.ConvertAll(one => one.Facts),
            };
        })];

        ImageFacts? FactsOf(int image)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Index.Images[image].Facts();
        }
    }

    /// <summary>The effect of some thresholds: one that is asked for, and others between it and the ends.</summary>
    /// <param name="threshold">The threshold, not below <see cref="Lowest"/>.</param>
    /// <returns>Thresholds from high to low, among them the one given.</returns>
    public IReadOnlyList<ThresholdEffect> Preview(double threshold)
    {
        double[] sorted = [.. Nearest.OrderDescending()];
        double[] shares = [0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5];
        // Rounded down, so that what the figure shows is found.
        var others = shares.Where(_ => sorted.Length > 0)
            .Select(share => Math.Floor(1e4 * sorted[(int)(share * sorted.Length)]) / 1e4)
            .Where(other => other >= Lowest && other < 1);
        return [.. others.Append(threshold).Distinct().OrderDescending().Select(EffectOf)];
    }

    /// <summary>
    /// Pairs right at a threshold: the least alike of those that it joins, and then the most alike of those that it leaves
    /// apart. Pairs whose images are joined through more alike ones are passed over.
    /// </summary>
    /// <param name="threshold">The threshold.</param>
    /// <param name="count">How many of each at most.</param>
    /// <returns>Pairs, the most alike first.</returns>
    public IReadOnlyList<SimilarPair> PairsAt(double threshold, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var joined = Array.FindIndex(_links, link => link.Similarity < threshold);
        if (joined < 0) joined = _links.Length;
        return _links[Math.Max(0, joined - count)..Math.Min(_links.Length, joined + count)];
    }

    /// <summary>How many images have their nearest other at which similarity, in steps of equal width up to 1.</summary>
    /// <param name="bins">How many steps, at least 1; the first holds the hundredth part that lies lower, too.</param>
    public IReadOnlyList<SimilarityBin> Histogram(int bins = 12)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (Nearest.Count == 0) return [];
        var low = Math.Min(0.99, Math.Floor(100 * Nearest.Order().ElementAt(Nearest.Count / 100)) / 100);
        var counts = new int[bins];
        foreach (var cosine in Nearest) counts[Math.Clamp((int)((cosine - low) / (1 - low) * bins), 0, bins - 1)]++;
        double Edge(int i) => low + (1 - low) * i / bins;
        return [.. counts.Select((count, i) => new SimilarityBin(Edge(i), Edge(i + 1), count))];
    }

    private ThresholdEffect EffectOf(double threshold)
    {
        var sets = Joined(threshold, out var links);
        int[] sizes = [.. links.Select(link => sets.Find(link.First)).Distinct().Select(sets.SizeOf)];
        return new(threshold, sizes.Length, sizes.Sum(), sizes.DefaultIfEmpty().Max());
    }

    private DisjointSets Joined(double threshold, out IReadOnlyList<SimilarPair> links)
    {
        if (!(threshold >= Lowest))
            throw new EmbeddingException(FormattableString.Invariant(
                $"Pairs below {Lowest:0.0000} were not kept; give the threshold {threshold} when the search begins."));
        links = [.. _links.TakeWhile(link => link.Similarity >= threshold)];
        var sets = new DisjointSets(Index.Images.Count);
        foreach (var link in links) sets.Unite(link.First, link.Second);
        return sets;
    }

    private double Cosine(int a, int b)
    {
        var sum = 0.0;
        var x = Index.Vector(a);
        var y = Index.Vector(b);
        for (var i = 0; i < x.Length; i++) sum += (double)x[i] * y[i];
        return sum;
    }

    /// <summary>The lower quartile of nearest similarities, from some images.</summary>
    private static double LowerQuartile(FeatureSet set)
    {
        var count = Math.Min(Sample, set.Count);
        int[] rows = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * set.Count / count))];
        var some = NearestOthers.Find(set, rows, 1, CPU);
        return some.Select(nearest => nearest[0].Similarity).Order().ElementAt(count / 4);
    }
}
