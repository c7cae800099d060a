using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Files;
using SimClr.Losses;

namespace SimClr.Runs;

/// <summary>
/// One line of <c>metrics.jsonl</c>. Loss, accuracy, entropy and throughput are means since the line before; the other figures
/// are those of the step itself. Null stands for what the line lacks: it is not a number, or was not yet logged then.
/// </summary>
/// <param name="Step">Steps done.</param>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="Loss">The loss, in nats for NT-Xent.</param>
/// <param name="ChanceLoss">The loss if all views had the same projection; null where the objective has no chance level.</param>
/// <param name="ContrastiveTop1">Share of views, 0..1, whose nearest other view is their partner.</param>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="ViewsPerSecond">Throughput.</param>
public sealed record MetricPoint(
    [property: JsonPropertyName("step")] long Step,
    [property: JsonPropertyName("epoch")] int Epoch,
    [property: JsonPropertyName("loss")] double? Loss,
    [property: JsonPropertyName("chance_loss")] double? ChanceLoss,
    [property: JsonPropertyName("contrastive_top1")] double? ContrastiveTop1,
    [property: JsonPropertyName("lr")] double? LearningRate,
    [property: JsonPropertyName("views_per_second")] double? ViewsPerSecond)
{
    private static readonly JsonSerializerOptions Json =
        new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Mean entropy, in nats, of a view's softmax over its candidates.</summary>
    [JsonPropertyName("entropy")]
    public double? Entropy { get; init; }

    /// <summary>Mean squared distance of partners on the unit sphere (<see cref="EmbeddingGeometry"/>).</summary>
    [JsonPropertyName("alignment")]
    public double? Alignment { get; init; }

    /// <summary>How evenly different pictures spread on the unit sphere; 0 when they do not.</summary>
    [JsonPropertyName("uniformity")]
    public double? Uniformity { get; init; }

    /// <summary>Dimensions that h uses.</summary>
    [JsonPropertyName("effective_rank_h")]
    public double? EffectiveRankH { get; init; }

    /// <summary>Dimensions that z uses.</summary>
    [JsonPropertyName("effective_rank_z")]
    public double? EffectiveRankZ { get; init; }

    /// <summary>Accuracy of nearest neighbours after this epoch, 0..1.</summary>
    [JsonPropertyName("knn_top1")]
    public double? KnnTop1 { get; init; }

    /// <summary>ℓ2 norm of all gradients together.</summary>
    [JsonPropertyName("gradient_norm")]
    public double? GradientNorm { get; init; }

    /// <summary>Share of views whose class the online probe names right, the mean since the line before.</summary>
    [JsonPropertyName("online_top1")]
    public double? OnlineTop1 { get; init; }

    /// <summary>The whole lines of a metrics file; a line that a killed process left half written is passed over.</summary>
    public static IEnumerable<MetricPoint> ReadAll(string path) =>
        BoundedFile.ReadLines(path).Select(Parse).OfType<MetricPoint>().Where(p => p.Step > 0);

    /// <summary>A line, or null when it is none.</summary>
    public static MetricPoint? Parse(string line)
    {
        if (!line.EndsWith('}')) return null; // cut off: no need to have an exception say so
        try
        {
            return JsonSerializer.Deserialize<MetricPoint>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
