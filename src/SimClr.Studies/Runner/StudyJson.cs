using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Files;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>Reads the JSON files of a study; an error names the file and the damaged or missing part.</summary>
internal static class StudyJson
{
    // A confusion of a thousand classes takes some 3 MB.
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remedy">The advice for a damaged file.</param>
    /// <param name="content">Takes the wanted values from the file's object.</param>
    /// <exception cref="StudyException">The file is damaged, lacks something or cannot be read.</exception>
    public static T Read<T>(string path, string remedy, Func<JsonObject, T> content)
    {
        try
        {
            var text = BoundedFile.ReadText(path, MaxBytes);
            return content(JsonNode.Parse(text, documentOptions: JsonText.StrictDocument) as JsonObject
                ?? throw new JsonException("it holds no object."));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or SettingsException or IOException
            or UnauthorizedAccessException)
        {
            throw new StudyException($"{path} is damaged: {e.Message.TrimEnd('.')}; {remedy}.", e)
            {
                File = path,
                Named = [StudyException.FolderParameter],
            };
        }
    }

    /// <summary>A value by its name.</summary>
    /// <exception cref="JsonException">There is none, or it has another type.</exception>
    public static T Get<T>(this JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<T>(out var it)
        ? it
        : throw new JsonException($"'{name}' is missing or has the wrong type.");

    /// <summary>An object by its name.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public static JsonObject Part(this JsonObject json, string name) =>
        json[name] as JsonObject ?? throw new JsonException($"'{name}' is missing or no object.");

    /// <summary>A list by its name.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public static JsonArray List(this JsonObject json, string name) =>
        json[name] as JsonArray ?? throw new JsonException($"'{name}' is missing or no list.");
}
