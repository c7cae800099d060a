using SimClr.Models;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Training;

namespace SimClr.CrashLab;

/// <summary>Fills the disk under a run at the worst moments, makes room again, and lets it go on.</summary>
internal static class FullDiskTrial
{
    // Three checkpoints of 6 MB and the weights fit, and not much more.
    private const int Megabytes = 32;

    /// <summary>The moments, by name: what is written to a full disk.</summary>
    public static IReadOnlyList<string> Moments { get; } = ["checkpoint", "metrics", "report"];

    /// <summary>Whether a small disk can be mounted here.</summary>
    public static bool IsPossible(Experiment experiment)
    {
        using var disk = SmallDisk.TryMount(experiment.At("try"), 1);
        return disk is not null;
    }

    /// <summary>A run on a disk that is too small from the start.</summary>
    /// <returns>What was wrong; null where it was refused before it wrote anything.</returns>
    public static string? TooSmall(Experiment experiment)
    {
        using var disk = SmallDisk.TryMount(experiment.At("tiny"), 8)!;
        var run = Path.Combine(disk.Path, "run");
        try
        {
            Pretrainer.Run(experiment.Options, Experiment.Data, run);
            return "it trained";
        }
        catch (RunFolderException e)
        {
            if (!e.Message.Contains("free, and the run needs", StringComparison.Ordinal)) return $"it said '{e.Message}'";
            return Directory.Exists(run) ? "it left a folder" : null;
        }
    }

    /// <summary>Fills the disk before something is written.</summary>
    /// <returns>What was wrong; null where it failed in one line and went on to the same end.</returns>
    public static string? Fill(Experiment experiment, string moment)
    {
        using var disk = SmallDisk.TryMount(experiment.At("small"), Megabytes)!;
        var run = Path.Combine(disk.Path, "run");
        // Where metrics are to meet the full disk first, there are checkpoints every other epoch only.
        var options = experiment.Options;
        if (moment == "metrics") options = options with { CheckpointSteps = 0, CheckpointEpochs = 2 };
        var said = Failure(() =>
        {
            Pretrainer.Run(options, Experiment.Data, run, moment == "report" ? null : new AtStep(21, disk.Fill));
            disk.Fill();
            RunReport.Write(run);
        });
        if (said is null) return "it did not fail";
        var expected = moment == "report" ? "" : moment == "metrics" ? "metrics.jsonl cannot be written" : "Checkpoint not saved";
        if (!said.Contains(expected, StringComparison.Ordinal) || said.Contains('\n')) return $"it said '{said}'";
        disk.Free();
        var words = new List<string>();
        Pretrainer.Resume(run, logger: new SentenceList(words));
        RunReport.Write(run);
        return words.Count > 0 ? $"going on, it said '{words[0]}'" : experiment.Difference(run);
    }

    private static string? Failure(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is IOException or RunFolderException or CheckpointException or WeightsException)
        {
            return e.Message;
        }
    }
}
