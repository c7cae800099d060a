using SimClr.Runtime;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>
/// Weighted k-nearest-neighbour classification by cosine similarity, without any training: each of the k nearest vectors of the
/// bank votes for its class with weight exp(similarity/τ) (Wu et al. 2018, arXiv:1805.01978; k=200 and τ=0.1 are the values that
/// published SimCLR results use).
/// </summary>
public static class KNearestNeighbors
{
    // Similarities held at a time: 64 MB of float32.
    private const int TileElements = 1 << 24;

    /// <summary>Accuracy on a test set; vectors without a label are left out on both sides.</summary>
    /// <exception cref="ArgumentException">The sets do not fit together, or one has no labelled vectors.</exception>
    public static KnnResult Evaluate(FeatureSet bank, FeatureSet test, KnnOptions? options = null)
    {
        var ranked = Rank(bank, test, options);
        var rows = test.LabelledRows("test");
        var top1 = rows.Count(i => ranked[i][0] == test.Labels[i]);
        var top5 = rows.Count(i => ranked[i].AsSpan(0, Math.Min(5, ranked[i].Length)).Contains(test.Labels[i]));
        var k = Math.Min((options ?? new()).K, bank.LabelledRows("training").Length);
        return new KnnResult((double)top1 / rows.Length, (double)top5 / rows.Length, k, rows.Length);
    }

    /// <summary>Classifies vectors.</summary>
    /// <param name="bank">Labelled vectors; those without a label are left out.</param>
    /// <param name="queries">The vectors to classify; their labels are not looked at.</param>
    /// <param name="options">Settings, or null for the usual ones.</param>
    /// <returns>For each query the classes that received votes, best first; equal votes in the order of the classes.</returns>
    /// <exception cref="ArgumentException">The sets do not fit together, or the bank has no labelled vectors.</exception>
    public static int[][] Rank(FeatureSet bank, FeatureSet queries, KnnOptions? options = null)
    {
        var scores = Scores(bank, queries, options ?? new());
        var classes = bank.ClassCount;
        return [.. Enumerable.Range(0, queries.Count).Select(row => Enumerable.Range(0, classes)
            .Where(c => scores[row * classes + c] > 0)
            .OrderByDescending(c => scores[row * classes + c])
            .ToArray())];
    }

    /// <summary>
    /// The votes, row-major <c>[q, C]</c>, relative to the weight of each query's nearest neighbour: exp((s - s_max)/τ) is finite
    /// at any temperature, and the factor does not change the order.
    /// </summary>
    internal static double[] Scores(FeatureSet bank, FeatureSet queries, KnnOptions options)
    {
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentNullException.ThrowIfNull(queries);
        options.Validated();
        bank.Validated().RequireComparable(queries.Validated());
        var rows = bank.LabelledRows("training");
        var k = Math.Min(options.K, rows.Length);
        TorchRuntime.EnsureLoaded();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var keys = FeatureTensors.Gather(bank, rows); // [n, d]
        FeatureTensors.NormalizeRows(keys);
        var labels = tensor(Array.ConvertAll(rows, row => (long)bank.Labels[row])); // [n]
        var scores = new double[checked(queries.Count * bank.ClassCount)];
        var tile = Math.Clamp(TileElements / rows.Length, 1, 1024);
        for (var start = 0; start < queries.Count; start += tile)
        {
            using var inner = NewDisposeScope();
            var size = Math.Min(tile, queries.Count - start);
            var query = FeatureTensors.Slice(queries, start, size); // [B, d]
            FeatureTensors.NormalizeRows(query);
            var (nearest, indices) = query.mm(keys.t()).topk(k, 1, largest: true, sorted: true); // [B, k] both
            var weights = nearest.to(float64);
            weights = weights.sub(weights.narrow(1, 0, 1)).div_(options.Temperature).exp_(); // [B, k]
            var classes = labels.index_select(0, indices.view(-1)).view(size, k); // [B, k]
            var votes = zeros(size, bank.ClassCount, float64).scatter_add_(1, classes, weights); // [B, C]
            votes.data<double>().CopyTo(scores, start * bank.ClassCount);
        }
        return scores;
    }
}
