using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Files;

namespace SimClr.Runs;

/// <summary><c>metrics.jsonl</c>: one JSON object per logged step, appended and flushed line by line.</summary>
public sealed class MetricsLog : IDisposable
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string _path;
    private readonly FileStream _file;

    /// <summary>Opens a log to go on behind a step; lines of later steps, left by a run that was killed, are dropped.</summary>
    public MetricsLog(string path, long lastStep)
    {
        _path = path;
        if (File.Exists(path))
        {
            var kept = Read(path).Where(line => line["step"]!.GetValue<long>() <= lastStep);
            RunFolder.WriteAtomically(path, string.Concat(kept.Select(line => line.ToJsonString() + "\n")));
        }
        Kept = [.. MetricPoint.ReadAll(path)];
        Last = Kept.Count > 0 ? Kept[^1] : null;
        // Without a buffer, so that a line is the system's when it is written, and nothing is left to fail on closing.
        _file = Writing(() => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>The lines that were there when the log was opened.</summary>
    public IReadOnlyList<MetricPoint> Kept { get; }

    /// <summary>The last line, or null before the first.</summary>
    public MetricPoint? Last { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <returns>The line as it will be read again.</returns>
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    public MetricPoint Append(PretrainingProgress progress)
    {
        var line = Line(progress);
        Writing(() =>
        {
            _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            return 0;
        });
        return Last = MetricPoint.Parse(line)!;
    }

    /// <summary>The line of a step, without its end.</summary>
    public static string Line(PretrainingProgress progress)
    {
        var json = new JsonObject
        {
            ["step"] = progress.Step,
            ["epoch"] = progress.Epoch,
            ["loss"] = progress.Loss,
            ["chance_loss"] = progress.ChanceLoss is { } chance ? Math.Round(chance, 6) : null,
            ["contrastive_top1"] = Math.Round(progress.ContrastiveTop1, 6),
            ["entropy"] = Number(progress.Entropy),
            ["alignment"] = Number(progress.Alignment),
            ["uniformity"] = Number(progress.Uniformity),
            ["effective_rank_h"] = Number(progress.EffectiveRankH),
            ["effective_rank_z"] = Number(progress.EffectiveRankZ),
            ["gradient_norm"] = Number(progress.GradientNorm),
            ["lr"] = progress.LearningRate,
            ["views_per_second"] = Math.Round(progress.ViewsPerSecond, 1),
            ["wait_ms"] = Math.Round(progress.WaitMilliseconds, 2),
        };
        if (progress.OnlineTop1 is { } online) json["online_top1"] = Math.Round(online, 6);
        if (progress.KnnTop1 is { } knn) json["knn_top1"] = knn;
        return json.ToJsonString();
    }

    /// <summary>Makes sure that the lines outlive a power failure.</summary>
    /// <exception cref="RunFolderException">They cannot be written.</exception>
    public void Flush() => Writing(() =>
    {
        _file.Flush(flushToDisk: true);
        return 0;
    });

    /// <summary>The whole lines of a log; a last line that was cut off by a kill is left out.</summary>
    public static IEnumerable<JsonObject> Read(string path)
    {
        foreach (var text in BoundedFile.ReadLines(path))
        {
            if (Parse(text) is { } line) yield return line;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private T Writing<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException(
                $"{_path} cannot be written: {e.Message.TrimEnd('.')}. Checkpoints are intact: free space or restore access, and "
                + $"continue with {RunFolder.Resuming}.", e)
            {
                File = _path,
                Named = [RunFolder.Resuming],
            };
        }
    }

    // Seven digits say enough, and JSON has no name for what is not a number.
    private static JsonValue? Number(double value) =>
        float.IsFinite((float)value) ? JsonValue.Create((float)value) : null;

    private static JsonObject? Parse(string text)
    {
        if (!text.EndsWith('}')) return null;
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict) is JsonObject line
                && line["step"] is JsonValue step && step.TryGetValue<long>(out _) ? line : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is half of a surrogate pair.
            return null;
        }
    }
}
