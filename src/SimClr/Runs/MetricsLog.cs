using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Files;

namespace SimClr.Runs;

/// <summary><c>metrics.jsonl</c>: one JSON object per logged step, appended and flushed line by line.</summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    /// <summary>Opens a log to go on behind a step; lines of later steps, left by a run that was killed, are dropped.</summary>
    public MetricsLog(string path, long lastStep)
    {
        _path = path;
        if (File.Exists(path))
        {
            var kept = Read(path).Where(line => line["step"]!.GetValue<long>() <= lastStep);
            RunFolder.Write(path, string.Concat(kept.Select(line => line.ToJsonString() + "\n")));
        }
        Kept = [.. TrainingMetrics.ReadAll(path)];
        Last = Kept.Count > 0 ? Kept[^1] : null;
        // Without a buffer, so that a line is the system's when it is written, and nothing is left to fail on closing.
        _file = Writing(() => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>The lines that were there when the log was opened.</summary>
    public IReadOnlyList<TrainingMetrics> Kept { get; }

    /// <summary>The last line, or null before the first.</summary>
    public TrainingMetrics? Last { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    public void Append(TrainingMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        Writing(() =>
        {
            _file.Write(Encoding.UTF8.GetBytes(metrics.ToJson() + "\n"));
            return 0;
        });
        Last = metrics;
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

    private static JsonObject? Parse(string text)
    {
        if (!text.EndsWith('}')) return null;
        try
        {
            return JsonNode.Parse(text, documentOptions: JsonText.StrictDocument) is JsonObject line
                && line["step"] is JsonValue step && step.TryGetValue<long>(out _) ? line : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is half of a surrogate pair.
            return null;
        }
    }
}
