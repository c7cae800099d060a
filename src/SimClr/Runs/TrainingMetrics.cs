using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Files;
using SimClr.Losses;

namespace SimClr.Runs;

/// <summary>
/// The figures of a logged step: what a run reports while it trains, a line of <c>metrics.jsonl</c>, and the last part of the
/// summary. Loss, accuracies, entropy, throughput and waiting are means since the last logged step; how vectors lie, and the
/// gradient, are those of the step itself. A figure has the digits that are logged, so it is the same when its line is read
/// again. Null stands for what was not measured, is not a number, or was not yet logged by the version that wrote the line.
/// </summary>
public sealed record TrainingMetrics
{
    /// <summary>Steps done.</summary>
    public long Step { get; init; }

    /// <summary>Epoch, from 1.</summary>
    public int Epoch { get; init; }

    /// <summary>Epochs in all; not logged.</summary>
    [JsonIgnore]
    public int Epochs { get; init; }

    /// <summary>Steps in all; not logged.</summary>
    [JsonIgnore]
    public int TotalSteps { get; init; }

    /// <summary>Estimated time left; not logged.</summary>
    [JsonIgnore]
    public TimeSpan Remaining { get; init; }

    /// <summary>The contrastive accuracy of guessing, 1/(2N−1) with two views; not logged.</summary>
    [JsonIgnore]
    public double ChanceTop1 { get; init; } = double.NaN;

    /// <summary>The loss, in nats for NT-Xent.</summary>
    public double? Loss { get; init; }

    /// <summary>
    /// The loss if all views looked alike, ln(V·N−1) for NT-Xent; null where the objective has no such level.
    /// </summary>
    public double? ChanceLoss { get; init => field = Rounded(value, 6); }

    /// <summary>Share of views, 0..1, whose nearest other view is their partner.</summary>
    public double? ContrastiveTop1 { get; init => field = Rounded(value, 6); }

    /// <summary>Mean entropy, in nats, of a view's softmax over its candidates; the chance level when all look alike.</summary>
    [JsonConverter(typeof(Float32Text))]
    public double? Entropy { get; init => field = Float32Text.Shortened(value); }

    /// <summary>Mean squared distance of partners on the unit sphere (<see cref="EmbeddingGeometry.Alignment"/>).</summary>
    [JsonConverter(typeof(Float32Text))]
    public double? Alignment { get; init => field = Float32Text.Shortened(value); }

    /// <summary>How evenly different images spread on the unit sphere (<see cref="EmbeddingGeometry.Uniformity"/>).</summary>
    [JsonConverter(typeof(Float32Text))]
    public double? Uniformity { get; init => field = Float32Text.Shortened(value); }

    /// <summary>Dimensions that h uses, from at most 256 images (<see cref="EmbeddingGeometry.EffectiveRank"/>).</summary>
    [JsonConverter(typeof(Float32Text))]
    public double? EffectiveRankH { get; init => field = Float32Text.Shortened(value); }

    /// <summary>Dimensions that z uses, from at most 256 images (<see cref="EmbeddingGeometry.EffectiveRank"/>).</summary>
    [JsonConverter(typeof(Float32Text))]
    public double? EffectiveRankZ { get; init => field = Float32Text.Shortened(value); }

    /// <summary>ℓ2 norm of all gradients together, before the optimizer's step.</summary>
    [JsonConverter(typeof(Float32Text))]
    public double? GradientNorm { get; init => field = Float32Text.Shortened(value); }

    /// <summary>The rate of the step.</summary>
    [JsonPropertyName("lr")]
    public double? LearningRate { get; init; }

    /// <summary>Augmented views trained on per second.</summary>
    public double? ViewsPerSecond { get; init => field = Rounded(value, 1); }

    /// <summary>Mean time per step that training waited for images.</summary>
    [JsonPropertyName("wait_ms")]
    public double? WaitMilliseconds { get; init => field = Rounded(value, 2); }

    /// <summary>
    /// Share of views, 0..1, whose class the online probe names right before it learns from them; null without one.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OnlineTop1 { get; init => field = Rounded(value, 6); }

    /// <summary>Accuracy of nearest neighbors after this epoch, 0..1; null where it was not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? KnnTop1 { get; init; }

    /// <summary>The line of <c>metrics.jsonl</c>, without its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunsJson.Default.TrainingMetrics);

    /// <summary>The whole lines of a metrics file; a line that a killed process left half written is passed over.</summary>
    public static IEnumerable<TrainingMetrics> ReadAll(string path) =>
        BoundedFile.ReadLines(path).Select(Parse).OfType<TrainingMetrics>().Where(line => line.Step > 0);

    /// <summary>A line, or null when it is none.</summary>
    public static TrainingMetrics? Parse(string line)
    {
        if (!line.EndsWith('}')) return null; // cut off: no need to have an exception say so
        try
        {
            return JsonSerializer.Deserialize(line, RunsJson.Default.TrainingMetrics);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static double? Rounded(double? value, int digits) => value is { } number ? Math.Round(number, digits) : null;
}
