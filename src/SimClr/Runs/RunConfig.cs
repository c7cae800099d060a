using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SimClr.Files;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>The content of <c>RUN/config.json</c>: the settings, what they were applied to, and by which versions.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Data">DATA as the user wrote it, made absolute.</param>
/// <param name="DataName">The dataset's name.</param>
/// <param name="DataCount">Training images used.</param>
/// <param name="DataFingerprint">Identifies the dataset's content.</param>
/// <param name="Version">The version of this library that made the run.</param>
/// <param name="Compute">libtorch's version, device and cores.</param>
public sealed record RunConfig(PretrainingOptions Options, string Data, string DataName, int DataCount, string DataFingerprint,
    string Version, string Compute)
{
    /// <summary>The weights that the run began with, or that were imported; null where they were drawn from the seed.</summary>
    public WeightsOrigin? InitialWeights { get; init; }

    /// <summary>Whether the encoder was imported and nothing trained here: there are no data, no epochs and no head.</summary>
    public bool IsImported => Data == "" && InitialWeights is not null;

    /// <summary>This library's version.</summary>
    public static string CurrentVersion { get; } = typeof(RunConfig).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>
    /// The JSON text: the settings at the top level, the rest under <c>run</c>, so that the file serves as <c>--config</c>.
    /// </summary>
    public string ToJson()
    {
        var json = Options.ToJson();
        json["run"] = JsonSerializer.SerializeToNode(
            new Section(Data, DataName, DataCount, DataFingerprint, Version, Compute, InitialWeights), RunsJson.Strict.Section);
        return json.ToJsonString(JsonText.Indented);
    }

    internal static RunConfig FromJson(JsonObject json)
    {
        var settings = json.DeepClone().AsObject();
        var run = settings["run"] as JsonObject ?? throw new SettingsException("it has no 'run' section.");
        settings.Remove("run");
        var section = run.Deserialize(RunsJson.Strict.Section)!;
        return new RunConfig(PretrainingOptions.Compose(settings), Present(section.Data, "data"),
            Present(section.DataName, "data_name"),
            section.DataCount, Present(section.DataFingerprint, "data_fingerprint"), Present(section.Version, "version"),
            Present(section.Compute, "compute"))
        {
            InitialWeights = section.InitialWeights,
        };
    }

    private static string Present(string? text, string name) => text ?? throw new SettingsException($"it has no 'run.{name}'.");

    /// <summary>The part of the file that holds no settings.</summary>
    internal sealed record Section(string? Data, string? DataName, int DataCount, string? DataFingerprint, string? Version,
        string? Compute, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WeightsOrigin? InitialWeights);
}
