using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimClr.Reports;

/// <summary>One line of <c>metrics.jsonl</c>: means since the line before.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="Loss">NT-Xent in nats, or null when the line has none.</param>
/// <param name="ChanceLoss">ln(2N−1).</param>
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

    /// <summary>The whole lines of a metrics file; a line that a killed process left half written is passed over.</summary>
    internal static IReadOnlyList<MetricPoint> ReadAll(string path) =>
        File.Exists(path) ? [.. File.ReadLines(path).Select(Parse).OfType<MetricPoint>().Where(p => p.Step > 0)] : [];

    private static MetricPoint? Parse(string line)
    {
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
