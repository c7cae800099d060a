using System.Text.Json.Nodes;
using SimClr.Runs;
using SimClr.Studies;

namespace SimClr.Tests.Fixtures;

/// <summary>A study of two cells whose runs take a fraction of a second.</summary>
internal static class TinyStudy
{
    public const string Data = "shapes:40";

    public static Study Study { get; } = new()
    {
        Name = "tiny",
        Title = "A tiny study",
        Source = "Table 0",
        Shows = "That it runs.",
        Preset = "shapes-quick",
        Settings = new()
        {
            ["width"] = 0.25,
            ["views"] = 2,
            ["image_size"] = 8,
            ["evaluation_image_size"] = 0,
            ["epochs"] = 2,
            ["batch_size"] = 10,
            ["warmup_epochs"] = 0,
            ["precision"] = "fp32",
            ["threads"] = 1,
            ["workers"] = 1,
        },
        ColumnName = "temperature τ",
        Cells =
        [
            new StudyCell("warm", "", "{temperature}", new() { ["temperature"] = 0.5 }) { Paper = new(0.6, 0.7, 8) },
            new StudyCell("cold", "", "{temperature}", new() { ["temperature"] = 0.1 }) { Paper = new(0.5) },
        ],
    };

    public static StudyOptions TwoSeeds { get; } = new() { Seeds = [1, 2] };

    public static StudyResult Run(string folder, StudyOptions? options = null, IProgress<TrainingMetrics>? progress = null,
        CancellationToken cancellationToken = default) =>
        StudyRunner.Run(Study, Data, folder, options ?? TwoSeeds, progress, cancellationToken: cancellationToken);

    /// <summary>Every file below a folder with the time of its last change.</summary>
    public static Dictionary<string, DateTime> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc);

    public static JsonObject Json(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();
}
