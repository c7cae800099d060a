using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Files;
using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The state of a run, read from its folder.</summary>
internal static class CellFolder
{
    private const string Remedy = "remove it to have it made again";

    /// <summary>Whether nothing is left to do: the encoder, and where wanted a layer of the head, has been judged.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="layer">A layer of the head, counted from 1; 0 for none.</param>
    public static bool IsFinished(string folder, int layer) =>
        HasDiverged(folder) || File.Exists(SupervisedCell.FileIn(folder)) || IsJudged(folder, layer);

    private static bool IsJudged(string folder, int layer) =>
        File.Exists(Path.Combine(folder, "summary.json")) && EvaluationFiles(folder, layer).All(File.Exists);

    /// <summary>Whether training diverged; it would again.</summary>
    public static bool HasDiverged(string folder) => File.Exists(Diverged(folder));

    public static void WriteDiverged(string folder, PretrainingOptions options, string data, string message)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Diverged(folder),
            JsonSerializer.Serialize(new DivergedRun(message, data, options.ToJson()), StudiesJson.Indented.DivergedRun));
    }

    /// <summary>Settings and data of the run in a folder; null where there is none.</summary>
    public static (PretrainingOptions? Options, string? Data) ReadSettings(string folder)
    {
        if (File.Exists(Path.Combine(folder, "config.json")))
        {
            var config = RunFolder.Open(folder).ReadConfig();
            return (config.Options, config.Data);
        }
        var file = Array.Find([SupervisedCell.FileIn(folder), Diverged(folder)], File.Exists);
        if (file is null) return (null, null);
        return StudyJson.Read(file, Remedy,
            json => (PretrainingOptions.Compose(json.Part("settings")), json.Get<string>("data")));
    }

    /// <summary>The figures of a finished run; null where it is not finished.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="layer">A layer of the head that was to be judged too; 0 for none.</param>
    public static CellRun? Read(string folder, ulong seed, int layer)
    {
        var supervised = SupervisedCell.FileIn(folder);
        if (File.Exists(supervised)) return StudyJson.Read(supervised, Remedy, json => SupervisedCell.Read(json, folder, seed));
        if (!IsJudged(folder, layer)) return null;
        var run = RunFolder.Open(folder);
        var summary = run.ReadSummary()!;
        var (top1, top5) = StudyJson.Read(run.Evaluation("linear"), Remedy, json => (Top1(json), json.Get<double>("top5")));
        double? projection = layer > 0 ? StudyJson.Read(run.Evaluation("linear", layer), Remedy, Top1) : null;
        return new CellRun(seed, folder, summary.Epochs, summary.Steps, summary.Seconds, summary.Loss, summary.ContrastiveTop1,
            Entropy(run), top1, top5, StudyJson.Read(run.Evaluation("knn"), Remedy, Top1), projection, Parameters(run.Encoder));
    }

    private static IEnumerable<string> EvaluationFiles(string folder, int layer)
    {
        var run = RunFolder.Open(folder);
        yield return run.Evaluation("linear");
        yield return run.Evaluation("knn");
        if (layer > 0) yield return run.Evaluation("linear", layer);
    }

    // Of the last epoch, as the figures in the summary are.
    private static double? Entropy(RunFolder run)
    {
        var points = TrainingMetrics.ReadAll(run.Metrics).Where(point => point.Entropy is not null).ToList();
        return points.Count == 0 ? null : points.Where(point => point.Epoch == points[^1].Epoch).Average(point => point.Entropy);
    }

    private static long Parameters(string encoder)
    {
        using var file = SafeTensors.Read(encoder);
        return file.Names.Where(name => !name.Contains("running_", StringComparison.Ordinal)
                && !name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .Sum(name => file.Shape(name).Aggregate(1L, (product, side) => product * side));
    }

    private static double Top1(JsonObject evaluation) => evaluation.Get<double>("top1");

    private static string Diverged(string folder) => Path.Combine(folder, "diverged.json");
}
