using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Evaluation;
using SimClr.Pretraining;

namespace SimClr.Reports;

/// <summary>All that a run folder says about its run, read once.</summary>
public sealed record RunRecord
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private RunRecord() { }

    /// <summary>The folder.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>Settings, data and versions.</summary>
    public required RunConfig Config { get; init; }

    /// <summary>The final figures, or null when the run has not come to an end.</summary>
    public required PretrainingSummary? Summary { get; init; }

    /// <summary>The course of training, in order of steps.</summary>
    public required IReadOnlyList<MetricPoint> Metrics { get; init; }

    /// <summary>Results of evaluations, <c>linear</c> first.</summary>
    public required IReadOnlyList<EvaluationResult> Evaluations { get; init; }

    /// <summary>Pictures that could not be read and were replaced by others.</summary>
    public required int UnreadablePictures { get; init; }

    /// <summary>Reads a run folder.</summary>
    /// <exception cref="RunFolderException">There is no run there, or one of its files is damaged.</exception>
    public static RunRecord Read(string runFolder)
    {
        var folder = RunFolder.Open(runFolder);
        return new RunRecord
        {
            Folder = folder,
            Config = folder.ReadConfig(),
            Summary = folder.ReadSummary(),
            UnreadablePictures = UnreadableLog.Read(folder.Unreadable).Count(),
            Metrics = MetricPoint.ReadAll(folder.Metrics),
            Evaluations = [.. Directory.EnumerateFiles(folder.Path, "evaluation-*.json").Select(ReadEvaluation)
                .OrderBy(e => e.Protocol != "linear").ThenBy(e => e.Protocol, StringComparer.Ordinal)
                .ThenBy(e => e.Layer)],
        };
    }

    /// <summary>Whether every epoch was trained.</summary>
    public bool IsFinished => Summary is { Interrupted: false };

    /// <summary>The last line of the course, or null before the first.</summary>
    public MetricPoint? Last => Metrics.Count > 0 ? Metrics[^1] : null;

    /// <summary>The loss in nats: the mean of the last epoch of a finished run, else that of the last logged step; or null.</summary>
    public double? Loss => Summary?.Loss ?? Last?.Loss;

    /// <summary>The contrastive accuracy, 0 to 1, of the same steps as <see cref="Loss"/>; or null.</summary>
    public double? ContrastiveTop1 => Summary?.ContrastiveTop1 ?? Last?.ContrastiveTop1;

    /// <summary>ln(2N−1): the loss of an encoder to which all views look alike.</summary>
    public double ChanceLoss => Math.Log(2.0 * Config.Options.BatchSize - 1);

    /// <summary>The settings that differ from the defaults.</summary>
    public IReadOnlyDictionary<string, string> Changed
    {
        get
        {
            var defaults = new PretrainingOptions().ToJson();
            return Config.Options.ToJson().Where(p => !JsonNode.DeepEquals(p.Value, defaults[p.Key]))
                .ToDictionary(p => p.Key, p => p.Value?.ToString() ?? "");
        }
    }

    /// <summary>The files of the run, largest last, with their sizes in bytes; paths are relative to the folder.</summary>
    public IReadOnlyList<(string Path, long Bytes)> Files() =>
        [.. new DirectoryInfo(Folder.Path).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(Folder.Path, file.FullName), file.Length)).OrderBy(f => f.Length)];

    private static EvaluationResult ReadEvaluation(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluationResult>(File.ReadAllText(path), Json)
                ?? throw new JsonException("it is empty.");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new RunFolderException($"{path} is damaged: {e.Message}", e);
        }
    }
}
