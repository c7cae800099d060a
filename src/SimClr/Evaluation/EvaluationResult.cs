using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimClr.Evaluation;

/// <summary>What a representation is worth under one protocol. Accuracies are fractions from 0 to 1.</summary>
/// <param name="Protocol"><c>linear</c>, <c>knn</c>, ...</param>
/// <param name="Top1">Part of the test pictures whose best-ranked class is right.</param>
/// <param name="Top5">Part whose class is among the five best-ranked.</param>
/// <param name="K">Number of neighbours, or null where there are none.</param>
/// <param name="TestCount">Number of labelled test pictures.</param>
/// <param name="ClassCount">Number of classes; guessing is right in one of them.</param>
/// <param name="Baselines">What no learning gives, or null when it was not measured.</param>
/// <param name="UnreadablePictures">Pictures of both parts that could not be read and were left out.</param>
/// <param name="Layer">0 for the encoder's h, otherwise the layer of the projection head whose output was judged.</param>
public sealed record EvaluationResult(string Protocol, double Top1, double Top5, int? K, int TestCount, int ClassCount,
    EvaluationBaselines? Baselines = null, int UnreadablePictures = 0, int Layer = 0)
{
    /// <summary>
    /// One JSON object with snake_case names: <c>protocol, top1, top5, k, test_count, class_count, baselines,
    /// unreadable_pictures, layer</c>.
    /// </summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationResult);
}

/// <summary>Top-1 accuracies, by the same protocol, of features that nobody trained; null where not measured.</summary>
/// <param name="RawPixels">The pixels themselves.</param>
/// <param name="RandomEncoder">The same network, as far as the same layer, with random weights.</param>
public sealed record EvaluationBaselines(double? RawPixels, double? RandomEncoder);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EvaluationResult))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
