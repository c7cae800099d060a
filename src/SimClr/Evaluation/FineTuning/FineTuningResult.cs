using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimClr.Evaluation;

/// <summary>The quality of a network that was trained with labels. Accuracies are fractions from 0 to 1.</summary>
/// <param name="Protocol"><c>finetune</c> or <c>supervised</c>.</param>
/// <param name="Top1">Part of the test images whose best-ranked class is right.</param>
/// <param name="Top5">Part whose class is among the five best-ranked.</param>
/// <param name="TestCount">Number of labeled test images.</param>
/// <param name="ClassCount">Number of classes.</param>
/// <param name="Fraction">The share of the training labels that was used.</param>
/// <param name="Labels">Their number.</param>
/// <param name="Epochs">Passes over them.</param>
public sealed record FineTuningResult(string Protocol, double Top1, double Top5, int TestCount, int ClassCount, double Fraction,
    int Labels, int Epochs)
{
    /// <summary>Steps taken.</summary>
    public long Steps { get; init; }

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; }

    /// <summary><c>sgd</c>, <c>lars</c> or <c>adamw</c>.</summary>
    public string Optimizer { get; init; } = "";

    /// <summary>The highest learning rate, scaling included.</summary>
    public double LearningRate { get; init; }

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The transforms of training images.</summary>
    public string Transforms { get; init; } = "";

    /// <summary>0 where the classifier stood on the encoder, otherwise a layer of the projection head.</summary>
    public int Layer { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>Mean cross-entropy of the last epoch of training, nats.</summary>
    public double TrainLoss { get; init; }

    /// <summary>Top-1 accuracy in the last epoch of training, on augmented images.</summary>
    public double TrainTop1 { get; init; }

    /// <summary>Seconds of training.</summary>
    public double Seconds { get; init; }

    /// <summary>The file that says which labels were used; null for all of them.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>Images of both parts that could not be read and were replaced or left out.</summary>
    [JsonPropertyName("unreadable_pictures")]
    public int UnreadableImages { get; init; }

    /// <summary>Which images were judged and learned from; null in results of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EvaluatedData? MeasuredOn { get; init; }

    /// <summary>The same network trained from scratch with the same labels; null where it was not.</summary>
    public FineTuningResult? Supervised { get; init; }

    /// <summary>One JSON object; names are in snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ClassifierJson.Default.FineTuningResult);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FineTuningResult))]
internal sealed partial class ClassifierJson : JsonSerializerContext;
