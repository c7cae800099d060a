using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Files;

namespace SimClr.Runs;

/// <summary>The JSON of a run folder's logs and summary.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingMetrics))]
[JsonSerializable(typeof(PretrainingSummary))]
[JsonSerializable(typeof(double))]
internal sealed partial class RunsJson : JsonSerializerContext
{
    /// <summary>For a file that is damaged where it says something twice, or null where something must be.</summary>
    public static RunsJson Strict { get; } = new(new JsonSerializerOptions(JsonText.Snake)
    {
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    });
}
