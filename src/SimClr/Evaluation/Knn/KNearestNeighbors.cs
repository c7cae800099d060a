using SimClr.Features;
using SimClr.Native;

namespace SimClr.Evaluation;

/// <summary>
/// Weighted k-nearest-neighbor classification by cosine similarity, without any training: each of the k nearest vectors of the
/// bank votes for its class with weight exp(similarity/τ) (Wu et al. 2018, arXiv:1805.01978; k=200 and τ=0.1 are the values that
/// published SimCLR results use). The search is exact; of equally near vectors those that come first in the bank are taken.
/// On the processor the result does not depend on the number of threads.
/// </summary>
public static class KNearestNeighbors
{
    /// <summary>Accuracy on a test set; vectors without a label are left out on both sides.</summary>
    /// <exception cref="ArgumentException">The sets do not fit together, or one has no labeled vectors.</exception>
    public static KnnResult Evaluate(FeatureSet bank, FeatureSet test, KnnOptions? options = null)
    {
        var score = TestScore.Of(test, Rank(bank, test, options));
        return new KnnResult(score.Top1, score.Top5, VotersOf(bank, options ?? new()), score.Count);
    }

    /// <summary>Classifies vectors.</summary>
    /// <param name="bank">Labeled vectors; those without a label are left out.</param>
    /// <param name="queries">The vectors to classify; their labels are ignored.</param>
    /// <param name="options">Settings, or null for the usual ones.</param>
    /// <returns>For each query the classes that received votes, best first; equal votes in the order of the classes.</returns>
    /// <exception cref="ArgumentException">The sets do not fit together, or the bank has no labeled vectors.</exception>
    /// <exception cref="TorchRuntimeException">There is no such device.</exception>
    public static int[][] Rank(FeatureSet bank, FeatureSet queries, KnnOptions? options = null)
    {
        var ranked = new int[queries?.Count ?? 0][];
        Vote(bank, queries!, options ?? new(), (query, votes, classes) =>
        {
            var order = classes.ToArray();
            Array.Sort(order, (a, b) => votes[a] != votes[b] ? votes[b].CompareTo(votes[a]) : a - b);
            ranked[query] = order;
        });
        return ranked;
    }

    /// <summary>How many vectors vote.</summary>
    internal static int VotersOf(FeatureSet bank, KnnOptions options) =>
        Math.Min(options.K, bank.LabeledRows("training").Length);

    /// <summary>
    /// The votes, row-major <c>[q, C]</c>, relative to the weight of each query's nearest neighbor: exp((s - s_max)/τ) is finite
    /// at any temperature, and the factor does not change the order.
    /// </summary>
    internal static double[] Scores(FeatureSet bank, FeatureSet queries, KnnOptions options)
    {
        var scores = new double[checked(queries.Count * bank.ClassCount)];
        Vote(bank, queries, options, (query, votes, classes) =>
        {
            foreach (var c in classes) scores[query * bank.ClassCount + c] = votes[c];
        });
        return scores;
    }

    /// <summary>Tells the votes of each query, <c>[C]</c>, and the classes that have any; on several threads.</summary>
    private static void Vote(FeatureSet bank, FeatureSet queries, KnnOptions options, Action<int, double[], List<int>> tell)
    {
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentNullException.ThrowIfNull(queries);
        options.Validated();
        bank.Validated().RequireComparable(queries.Validated());
        var device = TorchRuntime.SelectDevice(options.Device);
        var rows = bank.LabeledRows("training");
        var search = new NearestNeighborSearch(bank, rows, Math.Min(options.K, rows.Length));
        var booths = Enumerable.Range(0, search.Workers)
            .Select(_ => (Votes: new double[bank.ClassCount], Classes: new List<int>())).ToArray();
        search.Run(queries, device, (query, worker, neighbors) =>
        {
            var (votes, classes) = booths[worker];
            var nearest = new Neighbor(neighbors[0]).Similarity;
            foreach (var key in neighbors)
            {
                var neighbor = new Neighbor(key);
                var c = bank.Labels[rows[neighbor.Row]];
                if (votes[c] == 0) classes.Add(c);
                // A class whose votes are too small to differ from none is ranked nevertheless.
                votes[c] += Math.Max(Math.Exp((neighbor.Similarity - nearest) / options.Temperature), double.Epsilon);
            }
            tell(query, votes, classes);
            foreach (var c in classes) votes[c] = 0;
            classes.Clear();
        });
    }
}
