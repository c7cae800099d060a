using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Pretraining;
using SimClr.Weights;

namespace SimClr.Studies;

/// <summary>What the folder of a run says about it.</summary>
internal static class CellFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static bool IsTrained(string folder) => File.Exists(Path.Combine(folder, "summary.json"));

    /// <summary>Whether the encoder, and where wanted a layer of the head, has been judged.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="layer">A layer of the head, counted from 1; 0 for none.</param>
    public static bool IsJudged(string folder, int layer) => IsTrained(folder) && EvaluationFiles(folder, layer).All(File.Exists);

    /// <summary>Whether training diverged; it would again.</summary>
    public static bool HasDiverged(string folder) => File.Exists(Diverged(folder));

    public static void WriteDiverged(string folder, PretrainingOptions options, string message)
    {
        Directory.CreateDirectory(folder);
        var json = new JsonObject { ["message"] = message, ["settings"] = options.ToJson() };
        RunFolder.WriteAtomically(Diverged(folder), json.ToJsonString(Indented));
    }

    /// <summary>Settings and data of the run in a folder; null where there is none.</summary>
    public static (PretrainingOptions? Options, string? Data) ReadSettings(string folder)
    {
        if (File.Exists(Path.Combine(folder, "config.json")))
        {
            var config = RunFolder.Open(folder).ReadConfig();
            return (config.Options, config.Data);
        }
        return HasDiverged(folder) ? (PretrainingOptions.Compose(Json(Diverged(folder))["settings"]!.AsObject()), null) : (null, null);
    }

    /// <summary>The figures of a finished run; null where it is not finished.</summary>
    public static CellRun? Read(string folder, ulong seed, int layer)
    {
        if (!IsJudged(folder, layer)) return null;
        var run = RunFolder.Open(folder);
        var summary = run.ReadSummary()!;
        var (linear, knn) = (Json(run.Evaluation("linear")), Json(run.Evaluation("knn")));
        var projection = layer > 0 ? Json(run.Evaluation("linear", layer)) : null;
        return new CellRun(seed, folder, summary.Epochs, summary.Steps, summary.Seconds, summary.Loss, summary.ContrastiveTop1,
            Entropy(run), linear["top1"]!.GetValue<double>(), linear["top5"]!.GetValue<double>(), knn["top1"]!.GetValue<double>(),
            projection?["top1"]!.GetValue<double>(), Parameters(run.Encoder));
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
        var lines = MetricsLog.Read(run.Metrics).Where(line => line["entropy"] is not null).ToList();
        if (lines.Count == 0) return null;
        var last = lines.Max(line => line["epoch"]!.GetValue<int>());
        return lines.Where(line => line["epoch"]!.GetValue<int>() == last).Average(line => line["entropy"]!.GetValue<double>());
    }

    private static long Parameters(string encoder)
    {
        using var file = SafeTensors.Read(encoder);
        return file.Names.Where(name => !name.Contains("running_", StringComparison.Ordinal)
                && !name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .Sum(name => file.Shape(name).Aggregate(1L, (product, side) => product * side));
    }

    private static JsonObject Json(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new StudyException($"{path} is damaged: {e.Message}; remove it to have it made again.", e);
        }
    }

    private static string Diverged(string folder) => Path.Combine(folder, "diverged.json");
}
