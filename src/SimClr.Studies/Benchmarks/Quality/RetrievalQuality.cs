using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>How many of the images that a search finds are of the class of the one that was asked for.</summary>
/// <param name="Name">The source of the vectors.</param>
/// <param name="Precision">Share of the k found, over all queries.</param>
/// <param name="ByClass">The same by the queries' classes.</param>
public sealed record RetrievalScore(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("precision")] double Precision,
    [property: JsonPropertyName("by_class")] IReadOnlyDictionary<string, double> ByClass);

/// <summary>
/// Precision of search: each test image is searched for among the training images, by a run's encoder, its head's output,
/// the same network untrained, and raw pixels.
/// </summary>
/// <param name="Data">The data.</param>
/// <param name="Bank">Training images that are searched.</param>
/// <param name="Queries">Test images that are searched for.</param>
/// <param name="K">How many are found each time.</param>
/// <param name="Scores">One for each representation.</param>
public sealed record RetrievalQuality(
    [property: JsonPropertyName("data")] string Data,
    [property: JsonPropertyName("bank")] int Bank,
    [property: JsonPropertyName("queries")] int Queries,
    [property: JsonPropertyName("k")] int K,
    [property: JsonPropertyName("scores")] IReadOnlyList<RetrievalScore> Scores)
{
    /// <summary>Measures.</summary>
    /// <param name="request">The run, DATA with classes, k, the limit of training images, and how to compute.</param>
    /// <param name="stage">Receives the name of the current stage; or null.</param>
    /// <param name="cancellationToken">Checked regularly.</param>
    /// <exception cref="SettingsException">The request is out of bounds.</exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet.</exception>
    /// <exception cref="DataException">The data cannot be read, or has no classes or no test part.</exception>
    public static RetrievalQuality Measure(
        EvaluationRequest request, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DataSplits? data = null;
        DataSplits Open(int side)
        {
            var all = DatasetSource.Open(request.Data, side);
            all.Train.RequireClasses("to tell hits by");
            all.RequireTest("to search with");
            return data = all.Limited(request.Limit, request.Seed);
        }
        var scores = new List<RetrievalScore>();
        var k = request.K;
        foreach (var (name, features) in ComparedRepresentations.Of(request.Validated(), Open, bothWays: false, stage,
            cancellationToken))
        {
            using var judged = features;
            var (bank, queries) = (judged.Train.Validated(), judged.Test.Validated());
            k = Math.Min(k, bank.Count);
            stage?.Report($"{name}: nearest neighbors");
            scores.Add(Score(name, bank, queries, k));
        }
        return new(data!.Train.Name, data.Train.Count, data.Test.Count, k, scores);
    }

    /// <summary>The share of the k nearest that have the query's label.</summary>
    internal static RetrievalScore Score(string name, FeatureSet bank, FeatureSet queries, int k)
    {
        var right = new int[queries.Count];
        new NearestNeighborSearch(bank, [.. Enumerable.Range(0, bank.Count)], k).Run(queries, CPU, (query, _, neighbors) =>
        {
            foreach (var key in neighbors)
                if (bank.Labels[new Neighbor(key).Row] == queries.Labels[query]) right[query]++;
        });
        var byClass = Enumerable.Range(0, queries.Count).Where(i => queries.Labels[i] >= 0).GroupBy(i => queries.Labels[i])
            .OrderBy(members => members.Key)
            .ToDictionary(members => queries.ClassNames[members.Key], members => members.Average(i => (double)right[i] / k));
        return new(name, right.Average() / k, byClass);
    }
}
