using SimClr.Numerics;
using SimClr.Runs;
using SimClr.Training;

namespace SimClr.CrashLab;

/// <summary>A way in which the disk, a copy or a person may damage a run that stands still.</summary>
/// <param name="Name">In a few words.</param>
/// <param name="Inflict">Does it to the run in a folder.</param>
/// <param name="Words">What the user must be told; null where nothing is lost that is worth a word.</param>
/// <param name="IsFatal">Whether the run cannot go on, and must say so.</param>
internal sealed record Damage(string Name, Action<string> Inflict, string? Words, bool IsFatal = false)
{
    /// <summary>All that is tried.</summary>
    public static IReadOnlyList<Damage> All { get; } =
    [
        new("newest checkpoint cut in half", run => Cut(Newest(run), length => length / 2), "passed over"),
        new("newest checkpoint empty", run => Cut(Newest(run), _ => 0), "passed over"),
        new("newest checkpoint all zeros", run => Blank(Newest(run)), "passed over"),
        .. Enumerable.Range(1, 4).Select(
            i => new Damage($"newest checkpoint, a flipped bit ({i})", run => Flip(Newest(run), i), "passed over")),
        new("all checkpoints cut", run => Array.ForEach(Checkpoints(run), file => Cut(file, length => length - 1)),
            "No checkpoint",
            IsFatal: true),
        new("half-written files", HalfWritten, null),
        new("metrics.jsonl with a torn last line", run => Append(run, """{"step":18,"lo"""), null),
        new("metrics.jsonl with lines of later steps", run => Append(run, """{"step":9999,"loss":1}"""), null),
        new("config.json cut in half", run => Cut(At(run, "config.json"), length => length / 2), "damaged", IsFatal: true),
        new("config.json with another seed", run => Replace(run, "\"seed\": 3", "\"seed\": 4"), "seed is 4 and was 3",
            IsFatal: true),
        new("config.json with another rate", run => Replace(run, "\"learning_rate\": 1,", "\"learning_rate\": 2,"),
            "learning_rate is 2 and was 1", IsFatal: true),
        new("summary.json damaged", run => File.WriteAllText(At(run, "summary.json"), "{\"run\":"), "made again"),
    ];

    /// <summary>Damages a copy of a run that stands still, and goes on with it.</summary>
    /// <returns>What was wrong about that; null where nothing was.</returns>
    public string? Try(Experiment experiment, string stopped)
    {
        var run = experiment.At($"damaged-{Guid.NewGuid():N}");
        Copy(stopped, run);
        Inflict(run);
        var words = new List<string>();
        string? wrong;
        try
        {
            Pretrainer.Resume(run, logger: new SentenceList(words));
            wrong = IsFatal ? "it went on" : experiment.Difference(run);
        }
        catch (Exception e) when (e is CheckpointException or RunFolderException)
        {
            wrong = IsFatal ? null : e.Message;
            words.Add(e.Message);
        }
        if (wrong is null && Words is not null && !words.Exists(word => word.Contains(Words, StringComparison.Ordinal)))
            wrong = $"it did not say '{Words}' but '{string.Join(" / ", words)}'";
        if (wrong is null && words.Exists(word => word.Contains('\n'))) wrong = "it said more than one line";
        if (wrong is null && Words is null && words.Count > 0) wrong = $"it said '{words[0]}'";
        Directory.Delete(run, recursive: true);
        return wrong;
    }

    /// <summary>A run that was stopped on its way.</summary>
    public static string Stopped(Experiment experiment)
    {
        var run = experiment.At("stopped");
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(experiment.Options, Experiment.Data, run, new AtStep(17, stop.Cancel), cancellationToken: stop.Token);
        return run;
    }

    private static string At(string run, string name) => Path.Combine(run, name);

    private static string[] Checkpoints(string run) =>
        [.. Directory.GetFiles(At(run, "checkpoints")).Order(StringComparer.Ordinal)];

    private static string Newest(string run) => Checkpoints(run)[^1];

    private static void Cut(string file, Func<long, long> length)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength(length(stream.Length));
    }

    private static void Blank(string file) => File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);

    private static void Append(string run, string text) => File.AppendAllText(At(run, "metrics.jsonl"), text);

    private static void Flip(string file, int draw)
    {
        var random = new CounterRandom(7, 0, draw, 0, DrawPurpose.Split);
        var bytes = File.ReadAllBytes(file);
        bytes[random.NextInt32(bytes.Length)] ^= (byte)(1 << random.NextInt32(8));
        File.WriteAllBytes(file, bytes);
    }

    private static void HalfWritten(string run)
    {
        string[] names = ["checkpoints/step-00000020.safetensors.tmp", "config.json.77.tmp", "encoder.safetensors.tmp"];
        foreach (var name in names)
            File.WriteAllText(At(run, name), "half");
    }

    private static void Replace(string run, string before, string after)
    {
        var text = File.ReadAllText(At(run, "config.json"));
        if (!text.Contains(before, StringComparison.Ordinal)) throw new InvalidOperationException($"config.json lacks {before}");
        File.WriteAllText(At(run, "config.json"), text.Replace(before, after, StringComparison.Ordinal));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}

/// <summary>Does something once a run has logged a step, on the thread that trains.</summary>
internal sealed class AtStep(int step, Action action) : IProgress<TrainingMetrics>
{
    public void Report(TrainingMetrics value)
    {
        if (value.Step == step) action();
    }
}
