using System.Text.Json.Nodes;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.CrashLab;

/// <summary>
/// A run of seconds that has all that a run of days has: epochs, checkpoints within and between them, a head, an optimizer that
/// remembers. What disturbed runs come to is compared with what it comes to by itself.
/// </summary>
internal sealed class Experiment : IDisposable
{
    public const string Data = "shapes:200";

    // What dies here are processes, which memory outlives; a disk would only make the trials slower.
    private const string Memory = "/dev/shm";

    private readonly string _folder;

    /// <param name="epochs">Of ten steps each.</param>
    public Experiment(int epochs)
    {
        _folder = IsRoomy(Memory)
            ? Directory.CreateDirectory(Path.Combine(Memory, $"simclr-crash-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("simclr-crash-").FullName;
        Options = Options with { Schedule = Options.Schedule with { Epochs = epochs } };
        File.WriteAllText(Settings, Options.ToJson().ToJsonString());
        Undisturbed = At("undisturbed");
        Pretrainer.Run(Options, Data, Undisturbed);
    }

    public PretrainingOptions Options { get; } = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8, ProjectionDimension = 16 },
        BatchSize = 20,
        Schedule = new() { WarmupEpochs = 1, LearningRate = 1 },
        Views = new() { Blur = 0 },
        Seed = 3,
        Compute = new() { Precision = Precision.Float32, Device = "cpu", Threads = 1, Workers = 1 },
        CheckpointSteps = 4,
        CheckpointMinutes = 0,
    };

    /// <summary>The settings as a file for <c>--config</c>.</summary>
    public string Settings => At("settings.json");

    /// <summary>The folder of the run that nothing happened to.</summary>
    public string Undisturbed { get; }

    public string At(string name) => Path.Combine(_folder, name);

    /// <summary>How the end of a run differs from that of the undisturbed one; null where it does not, to the last bit.</summary>
    public string? Difference(string run)
    {
        foreach (var file in (string[])["encoder.safetensors", "projection.safetensors"])
            if (!Bytes(Undisturbed, file).SequenceEqual(Bytes(run, file)))
                return $"{file} differs";
        var (here, there) = (Curve(run), Curve(Undisturbed));
        if (!here.SequenceEqual(there)) return $"metrics.jsonl differs ({here.Count} lines for {there.Count})";
        return Loss(run) != Loss(Undisturbed) ? "summary.json differs" : null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ReadOnlySpan<byte> Bytes(string run, string file) => File.ReadAllBytes(Path.Combine(run, file));

    private static double Loss(string run) => RunFolder.Open(run).ReadSummary()!.Loss;

    private static bool IsRoomy(string folder) =>
        Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace > 1 << 29;

    // All but what the clock says.
    private static List<(long, double, double)> Curve(string run) =>
    [
        .. from line in File.ReadLines(Path.Combine(run, "metrics.jsonl"))
           let json = JsonNode.Parse(line)!
           select ((long)json["step"]!, (double)json["loss"]!, (double)json["gradient_norm"]!),
    ];
}
