using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Training;

/// <summary>Changes of data or settings between two sittings of a run: each is named, and then refused or accepted.</summary>
/// <param name="run">The run.</param>
/// <param name="accept">Whether the user wants to go on all the same.</param>
/// <param name="logger">Receives what changed and does not end the run; or null.</param>
internal sealed class ResumeChanges(RunFolder run, bool accept, ILogger? logger)
{
    /// <summary>Compares the images with those that the run began with.</summary>
    /// <returns>The settings, with the images of now; those are written down, so that they are asked about once.</returns>
    /// <exception cref="RunFolderException">They are others.</exception>
    public RunConfig OfData(RunConfig config, IImageDataset images)
    {
        if (images.Fingerprint == config.DataFingerprint) return config;
        var what = $"The images in {config.Data} are not those the run began with "
            + $"({config.DataCount} then, {images.Count} now, or other files)";
        if (!accept) throw Refused($"{what}; restore them");
        var (before, now) = (config.DataCount / config.Options.BatchSize, images.Count / config.Options.BatchSize);
        if (before != now) throw OtherSteps(what, before, now);
        logger?.ChangeAccepted(LogLevel.Warning, what);
        File.Delete(run.Unreadable); // it counts the images of then
        config = config with { DataName = images.Name, DataCount = images.Count, DataFingerprint = images.Fingerprint };
        run.WriteConfig(config);
        return config;
    }

    /// <summary>Compares the settings with those that a checkpoint was made with.</summary>
    /// <exception cref="RunFolderException">They are others, in what bears on the result.</exception>
    public void OfSettings(CheckpointInfo checkpoint, PretrainingOptions options, int stepsPerEpoch)
    {
        var changes = SettingChanges.Find(checkpoint.Settings, options);
        if (changes.Count == 0) return;
        var words = string.Join(", ", changes.Select(change => change.Words));
        var what = $"Since step {checkpoint.Step}, {run.Config} has changed: {words}";
        var areFree = changes.All(change => SettingChanges.IsFree(change.Name));
        if (!accept && !areFree) throw Refused($"{what}; restore it");
        var steps = (checkpoint.Step - checkpoint.StepInEpoch) / Math.Max(1, checkpoint.Epoch);
        if (checkpoint.Epoch > 0 ? steps != stepsPerEpoch : checkpoint.StepInEpoch > stepsPerEpoch)
            throw OtherSteps(what, steps, stepsPerEpoch);
        logger?.ChangeAccepted(areFree ? LogLevel.Information : LogLevel.Warning, what);
    }

    private RunFolderException Refused(string what)
    {
        const string Accepting = "acceptChanges"; // of Pretrainer.Resume
        return new($"{what}, begin a new run, or go on with {Accepting}.") { File = run.Path, Named = [Accepting] };
    }

    private static RunFolderException OtherSteps(string what, long before, long now) => new(
        $"{what}; that makes {now} steps an epoch instead of {before}, with which it cannot go on. Restore what it was, or begin "
        + "a new run.");
}
