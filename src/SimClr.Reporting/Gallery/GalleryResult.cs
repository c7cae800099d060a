using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Evaluation;

namespace SimClr.Reporting;

/// <summary>
/// The content of <c>neighbors.png</c> and <c>map.png</c> of a run folder; kept in <c>gallery.json</c> in the same folder.
/// </summary>
/// <param name="Count">How many images were compared; those that cannot be read are left out.</param>
/// <param name="ClassCount">
/// How many classes the frames tell apart; 0 where the images have none, and there are no frames.
/// </param>
/// <param name="MeasuredOn">Which images.</param>
public sealed record GalleryResult(int Count, int ClassCount, EvaluatedData MeasuredOn)
{
    /// <summary>The name of the file in a run folder.</summary>
    public const string FileName = "gallery.json";

    /// <summary>One JSON object with snake_case names: <c>count, class_count, measured_on</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GalleryJson.Default.GalleryResult);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GalleryResult))]
internal sealed partial class GalleryJson : JsonSerializerContext;
