using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SimClr.Files;

namespace SimClr.Studies;

/// <summary>The content of <c>study.json</c>, in its order; settings keep their own form.</summary>
internal sealed record StudyRequest(string Study, string Title, string Source, string Data, string DataName, int DataCount,
    IReadOnlyList<ulong> Seeds, IReadOnlyList<RequestedCell> Cells, JsonObject Settings, string Version, string Compute);

/// <summary>A cell of it.</summary>
internal sealed record RequestedCell(string Key, JsonObject Settings, IReadOnlyDictionary<string, double> Multiples);

/// <summary>The content of <c>diverged.json</c>.</summary>
internal sealed record DivergedRun(string Message, string Data, JsonObject Settings);

/// <summary>The content of <c>supervised.json</c>; the result has a form of its own.</summary>
internal sealed record SupervisedRun(string Data, JsonObject Settings, long Parameters, JsonNode? Result);

/// <summary>The figures of the histogram study.</summary>
internal sealed record HistogramFigures(string Study, string Out, string DataName,
    [property: JsonPropertyName("pictures")] int Images,
    double FoundWithout, double FoundWith, double Chance);

/// <summary>The JSON that studies write.</summary>
[JsonSerializable(typeof(StudySummary))]
[JsonSerializable(typeof(StudyRequest))]
[JsonSerializable(typeof(DivergedRun))]
[JsonSerializable(typeof(SupervisedRun))]
[JsonSerializable(typeof(HistogramFigures))]
internal sealed partial class StudiesJson : JsonSerializerContext
{
    /// <summary>On one line.</summary>
    public static StudiesJson Snake { get; } = new(new JsonSerializerOptions(JsonText.Snake));

    /// <summary>On several lines.</summary>
    public static StudiesJson Indented { get; } = new(new JsonSerializerOptions(JsonText.Indented));
}
