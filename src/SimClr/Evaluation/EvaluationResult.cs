using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Features;

namespace SimClr.Evaluation;

/// <summary>The quality of a representation under one protocol. Accuracies are fractions from 0 to 1.</summary>
/// <param name="Protocol"><c>linear</c>, <c>knn</c>, ...</param>
/// <param name="Top1">Part of the test images whose best-ranked class is right.</param>
/// <param name="Top5">Part whose class is among the five best-ranked.</param>
/// <param name="K">Number of neighbors, or null where there are none.</param>
/// <param name="TestCount">Number of labeled test images.</param>
/// <param name="ClassCount">Number of classes; guessing is right in one of them.</param>
/// <param name="Baselines">The baselines without learning, or null when they were not measured.</param>
/// <param name="UnreadableImages">Images of both parts that could not be read and were left out.</param>
/// <param name="Layer">0 for the encoder's h, otherwise the layer of the projection head whose output was judged.</param>
public sealed record EvaluationResult(string Protocol, double Top1, double Top5, int? K, int TestCount, int ClassCount,
    EvaluationBaselines? Baselines = null, [property: JsonPropertyName("unreadable_pictures")] int UnreadableImages = 0,
    int Layer = 0)
{
    /// <summary>
    /// By the name of a class, the part of its test images whose best-ranked class is right, null where it has none; or null in
    /// results of earlier versions.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double?>? PerClassTop1 { get; init; }

    /// <summary>
    /// Rows of counts: how many test images of class i were taken for class j, in the order of <see cref="PerClassTop1"/>; or
    /// null in results of earlier versions.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<int>>? Confusion { get; init; }

    /// <summary>Which images were judged and learned from; null in results of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EvaluatedData? MeasuredOn { get; init; }

    /// <summary>
    /// Over how many views of each image its features were averaged (<see cref="EvaluationRequest.UseViews"/>); null for one
    /// view, and in results of earlier versions.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? UseViews { get; init; }

    /// <summary>
    /// One JSON object with snake_case names: <c>protocol, top1, top5, k, test_count, class_count, baselines,
    /// unreadable_pictures, layer, per_class_top1, measured_on, use_views</c>.
    /// </summary>
    public string ToJson() => (this with { Confusion = null }).ToFile();

    /// <summary>The same with <c>confusion</c>, as a run folder keeps it.</summary>
    internal string ToFile() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationResult);

    /// <summary>Two results are equal when all of their figures are.</summary>
    public bool Equals(EvaluationResult? other) => other is not null && ToFile() == other.ToFile();

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Protocol, Top1, Top5, K, TestCount);

    /// <summary>The result of a protocol that ranked classes for every vector of a test set.</summary>
    internal static EvaluationResult Of(string protocol, int? k, FeatureSet test, int[][] ranked)
    {
        var score = TestScore.Of(test, ranked);
        return new(protocol, score.Top1, score.Top5, k, score.Count, test.ClassCount)
        {
            PerClassTop1 = score.PerClass(test.ClassNames),
            Confusion = score.Confusion,
        };
    }
}

/// <summary>Top-1 accuracies, by the same protocol, of features that nobody trained; null where not measured.</summary>
/// <param name="RawPixels">The pixels themselves.</param>
/// <param name="RandomEncoder">The same network, as far as the same layer, with random weights.</param>
public sealed record EvaluationBaselines(double? RawPixels, double? RandomEncoder);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EvaluationResult))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
