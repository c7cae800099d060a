using System.Text.Json;
using SimClr.Data;
using SimClr.Files;

namespace SimClr.Runs;

/// <summary><c>unreadable.jsonl</c>: one JSON object for each image that could not be read.</summary>
public static class UnreadableLog
{
    /// <summary>Adds a line.</summary>
    public static void Append(string path, UnreadableImage image) =>
        File.AppendAllText(path, Line(image));

    /// <summary>
    /// Takes up a log where a run goes on: a line that a kill cut off is removed, so that the next one stands by itself.
    /// </summary>
    /// <returns>Its lines.</returns>
    public static IReadOnlyList<UnreadableImage> TakeUp(string path)
    {
        UnreadableImage[] whole = [.. Read(path)];
        if (File.Exists(path)) RunFolder.Write(path, string.Concat(whole.Select(image => Line(image))));
        return whole;
    }

    /// <summary>The whole lines of a log, none where there is no log; a last one that a kill cut off is left out.</summary>
    public static IEnumerable<UnreadableImage> Read(string path)
    {
        foreach (var line in BoundedFile.ReadLines(path))
            if (Parse(line) is { } image) yield return image;
    }

    private static string Line(UnreadableImage image) =>
        JsonSerializer.Serialize(image, RunsJson.Readable.UnreadableImage) + "\n";

    private static UnreadableImage? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RunsJson.Readable.UnreadableImage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
