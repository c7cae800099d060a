using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Files;

namespace SimClr.Runs;

/// <summary>The JSON of a run folder: its configuration, logs and summary.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingMetrics))]
[JsonSerializable(typeof(PretrainingSummary))]
[JsonSerializable(typeof(RunConfig.Section))]
[JsonSerializable(typeof(UnreadableImage))]
[JsonSerializable(typeof(double))]
internal sealed partial class RunsJson : JsonSerializerContext
{
    /// <summary>For files of a run.</summary>
    public static RunsJson Strict { get; } = new(new JsonSerializerOptions(JsonText.Strict));

    /// <summary>For lines that name files: paths in any language stay legible.</summary>
    public static RunsJson Readable { get; } = new(new JsonSerializerOptions(JsonText.Legible)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    });
}
