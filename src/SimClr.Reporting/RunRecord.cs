using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Evaluation;
using SimClr.Files;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Reporting;

/// <summary>All that a run folder says about its run, read once.</summary>
public sealed record RunRecord
{
    // A confusion of a thousand classes takes some 3 MB.
    private const int MaxResultBytes = 64 * 1024 * 1024;

    private RunRecord() { }

    /// <summary>The folder.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>Settings, data and versions.</summary>
    public required RunConfig Config { get; init; }

    /// <summary>The final figures, or null when the run has not come to an end.</summary>
    public required PretrainingSummary? Summary { get; init; }

    /// <summary>The course of training, in order of steps.</summary>
    public required IReadOnlyList<TrainingMetrics> Metrics { get; init; }

    /// <summary>Results of evaluations of frozen features, <c>linear</c> first.</summary>
    public required IReadOnlyList<EvaluationResult> Evaluations { get; init; }

    /// <summary>Results of networks that were trained with labels: fine-tuned, then from scratch.</summary>
    public required IReadOnlyList<FineTuningResult> Classifiers { get; init; }

    /// <summary>
    /// The content of <c>neighbors.png</c> and <c>map.png</c>; null where there are none, or an earlier version drew them.
    /// </summary>
    public required GalleryResult? Gallery { get; init; }

    /// <summary>Images that could not be read and were replaced by others.</summary>
    public required int UnreadableImages { get; init; }

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
            UnreadableImages = UnreadableLog.Read(folder.Unreadable).Count(),
            Metrics = [.. TrainingMetrics.ReadAll(folder.Metrics)],
            Evaluations = [.. Directory.EnumerateFiles(folder.Path, "evaluation-*.json").Where(file => !IsOfClassifier(file))
                .Select(ReadResult<EvaluationResult>)
                .OrderBy(e => e.Protocol != "linear").ThenBy(e => e.Protocol, StringComparer.Ordinal)
                .ThenBy(e => e.Layer).ThenBy(e => e.UseViews ?? 1)],
            Classifiers = [.. Directory.EnumerateFiles(folder.Path, "evaluation-*.json").Where(IsOfClassifier)
                .Select(ReadResult<FineTuningResult>)
                .OrderBy(result => result.Protocol, StringComparer.Ordinal).ThenBy(result => result.Labels)
                .ThenBy(result => result.Seed).ThenBy(result => result.Layer)],
            Gallery = folder.File(GalleryResult.FileName) is var gallery && File.Exists(gallery)
                ? ReadResult<GalleryResult>(gallery)
                : null,
        };
    }

    /// <summary>Whether every epoch was trained.</summary>
    public bool IsFinished => Summary is { Interrupted: false };

    /// <summary>The last line of the course, or null before the first.</summary>
    public TrainingMetrics? Last => Metrics.Count > 0 ? Metrics[^1] : null;

    /// <summary>
    /// The loss in nats: the mean of the last epoch of a finished run, else that of the last logged step; or null.
    /// </summary>
    public double? Loss => Summary?.Loss ?? Last?.Loss;

    /// <summary>The contrastive accuracy, 0 to 1, of the same steps as <see cref="Loss"/>; or null.</summary>
    public double? ContrastiveTop1 => Summary?.ContrastiveTop1 ?? Last?.ContrastiveTop1;

    /// <summary>
    /// The loss of an encoder that gives all views the same vector, ln(V·N−1) for NT-Xent; null where the objective has no
    /// chance level.
    /// </summary>
    public double? ChanceLoss => Config.Options.ChanceLoss;

    /// <summary>The contrastive accuracy of guessing.</summary>
    public double ChanceTop1 => Config.Options.ChanceTop1;

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => Summary is { Epochs: > 0, Steps: > 0 } summary
        ? summary.Steps / summary.Epochs
        : Math.Max(1, Config.DataCount / Config.Options.BatchSize);

    /// <summary>Signs, seen while it trained, that the run did not learn.</summary>
    public IReadOnlyList<TrainingWarning> Warnings =>
        Summary?.Warnings ?? CollapseAlarm.Replay(Config.Options, StepsPerEpoch, Metrics).Warnings;

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
            .Where(file => file.Name[0] != '.')
            .Select(file => (Path.GetRelativePath(Folder.Path, file.FullName), file.Length)).OrderBy(f => f.Length)];

    private static bool IsOfClassifier(string path) => Path.GetFileName(path) is var name
        && (name.StartsWith("evaluation-finetune", StringComparison.Ordinal)
            || name.StartsWith("evaluation-supervised", StringComparison.Ordinal));

    private static T ReadResult<T>(string path)
    {
        try
        {
            var result = JsonSerializer.Deserialize<T>(BoundedFile.ReadText(path, MaxResultBytes), JsonText.Strict);
            if (result is null) throw new JsonException("it is empty.");
            if (result is EvaluationResult evaluation) RequireDrawable(evaluation);
            if (result is FineTuningResult trained) RequireName(trained.Protocol);
            RequirePossible(result switch
            {
                EvaluationResult { MeasuredOn: var data } => data,
                FineTuningResult { MeasuredOn: var data } => data,
                GalleryResult gallery => gallery.MeasuredOn ?? throw new JsonException("it does not say of what it is."),
                _ => null,
            });
            return result;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{path} is damaged: {e.Message}", e) { File = path };
        }
    }

    // It becomes a part of names of files, and of commands to copy.
    private static void RequireName(string? protocol)
    {
        if (protocol is not { Length: > 0 and <= 40 } || protocol.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
            throw new JsonException("its protocol is no name.");
    }

    private static void RequirePossible(EvaluatedData? data)
    {
        if (data is { IsPossible: false }) throw new JsonException("what it was measured on makes no sense.");
    }

    /// <summary>A report names files after the protocol and draws the confusion as a square.</summary>
    private static void RequireDrawable(EvaluationResult result)
    {
        RequireName(result.Protocol);
        if (result.Confusion is not { } rows) return;
        if (rows.Any(row => row?.Count != rows.Count) || rows.Count != (result.PerClassTop1?.Count ?? rows.Count))
            throw new JsonException("its confusion is not a square of its classes.");
    }
}
