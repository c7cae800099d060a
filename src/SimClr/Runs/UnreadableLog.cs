using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Files;

namespace SimClr.Runs;

/// <summary><c>unreadable.jsonl</c>: one JSON object for each picture that could not be read.</summary>
public static class UnreadableLog
{
    /// <summary>Adds a line.</summary>
    public static void Append(string path, UnreadablePicture picture) =>
        File.AppendAllText(path, Line(picture));

    /// <summary>
    /// Takes up a log where a run goes on: a line that a kill cut off is removed, so that the next one stands by itself.
    /// </summary>
    /// <returns>Its lines.</returns>
    public static IReadOnlyList<UnreadablePicture> TakeUp(string path)
    {
        UnreadablePicture[] whole = [.. Read(path)];
        if (File.Exists(path)) RunFolder.Write(path, string.Concat(whole.Select(picture => Line(picture))));
        return whole;
    }

    /// <summary>The whole lines of a log, none where there is no log; a last one that a kill cut off is left out.</summary>
    public static IEnumerable<UnreadablePicture> Read(string path)
    {
        foreach (var line in BoundedFile.ReadLines(path))
            if (Parse(line) is { } picture) yield return picture;
    }

    private static string Line(UnreadablePicture picture) =>
        JsonSerializer.Serialize(picture, UnreadableJson.Readable.UnreadablePicture) + "\n";

    private static UnreadablePicture? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, UnreadableJson.Readable.UnreadablePicture);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UnreadablePicture))]
internal sealed partial class UnreadableJson : JsonSerializerContext
{
    /// <summary>Paths in any language stay legible.</summary>
    public static UnreadableJson Readable { get; } = new(new JsonSerializerOptions(JsonText.Legible)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    });
}
