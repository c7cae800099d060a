using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Files;

namespace SimClr.Settings;

/// <summary>
/// Named settings that ship with the library: JSON files whose opening comment says what to expect, and then gives command, time
/// and accuracy, each with its source.
/// </summary>
/// <param name="Name">The name, for example <c>cifar10-cpu</c>.</param>
/// <param name="Expectation">The first paragraph of the opening comment, up to an empty <c>//</c>.</param>
/// <param name="Settings">The settings it changes.</param>
public sealed record Preset(string Name, string Expectation, JsonObject Settings)
{
    private const string Prefix = "SimClr.Settings.Presets.";

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    /// <summary>All preset names, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(Preset).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^".json".Length]).Order(StringComparer.Ordinal)];

    /// <summary>Reads a preset.</summary>
    /// <exception cref="SettingsException">There is none of that name.</exception>
    public static Preset Load(string name)
    {
        using var stream = typeof(Preset).Assembly.GetManifestResourceStream($"{Prefix}{name}.json")
            ?? throw new SettingsException($"Unknown preset '{name}'; there are {string.Join(", ", Names)}.");
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var comment = text.Split('\n').TakeWhile(line => line.StartsWith("// ", StringComparison.Ordinal));
        return new Preset(name, string.Join(' ', comment.Select(line => line[2..].Trim())), Parse(text, $"preset {name}"));
    }

    /// <summary>Reads a settings file: a preset's form, or a run's <c>config.json</c>.</summary>
    /// <exception cref="SettingsException">The file cannot be read or is not a JSON object.</exception>
    public static JsonObject ReadFile(string path)
    {
        try
        {
            var settings = Parse(BoundedFile.ReadNamedText(path, BoundedFile.MaxSettingsBytes), path);
            settings.Remove("run"); // what a run adds to its settings
            return settings;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The settings file {path} cannot be read: {e.Message}", e) { File = path };
        }
    }

    private static JsonObject Parse(string text, string source)
    {
        try
        {
            var settings = JsonNode.Parse(text, documentOptions: Lenient) as JsonObject
                ?? throw new SettingsException($"{source} must hold one JSON object.");
            _ = settings.Count; // names are read when they are first asked for, and must be text
            return settings;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SettingsException($"{source} is not valid JSON: {e.Message}", e);
        }
    }
}
