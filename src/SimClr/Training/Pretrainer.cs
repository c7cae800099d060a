using Microsoft.Extensions.Logging;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Models;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>Pretrains an encoder without labels (Algorithm 1 of the paper) and keeps a run folder.</summary>
public static class Pretrainer
{
    /// <summary>Begins a run.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">DATA: <c>shapes</c>, <c>cifar10:DIR</c> or a folder; its training part is used, without labels.</param>
    /// <param name="runFolder">A folder that holds no run yet.</param>
    /// <param name="progress">Receives every logged step, on this thread.</param>
    /// <param name="logger">
    /// Receives a warning for each image that cannot be read and is replaced by another, for each sign that the run does not
    /// learn, and for each step that is left out; or null.
    /// </param>
    /// <param name="observer">
    /// Measures the encoder where the settings ask for it, or null; with <see cref="AdaptationOptions.KeepBetter"/> there must be
    /// one.
    /// </param>
    /// <param name="cancellationToken">Checked between steps: the state is saved, and the summary says
    /// <c>Interrupted</c>.</param>
    /// <returns>How it went.</returns>
    /// <exception cref="ArgumentException">There is no observer, and two encoders are to be compared.</exception>
    /// <exception cref="SettingsException">A setting is out of bounds.</exception>
    /// <exception cref="DataException">
    /// The data or most of its images cannot be used. Where there is no checkpoint yet, nothing is left in the folder.
    /// </exception>
    /// <exception cref="RunFolderException">
    /// The folder holds a run already, another process is training in it, it cannot be written, or its disk is too full.
    /// </exception>
    /// <exception cref="CheckpointException">A state cannot be saved; earlier ones are intact.</exception>
    /// <exception cref="WeightsException">The weights to start from cannot be used; nothing is left in the folder.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not a number; earlier checkpoints stay.</exception>
    public static PretrainingSummary Run(PretrainingOptions options, string data, string runFolder,
        IProgress<TrainingMetrics>? progress = null, ILogger? logger = null, IEncoderObserver? observer = null,
        CancellationToken cancellationToken = default) =>
        Run(options, new OpenedData(data), runFolder, progress, logger, observer, cancellationToken);

    /// <summary>Begins a run with data that others use too.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">The data; their training part is used, without labels.</param>
    /// <param name="runFolder">A folder that holds no run yet.</param>
    /// <param name="progress">As for <see cref="Run(PretrainingOptions, string, string, IProgress{TrainingMetrics}, ILogger,
    /// IEncoderObserver, CancellationToken)"/>, like all that follows and the exceptions.</param>
    /// <param name="logger">As there.</param>
    /// <param name="observer">As there.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <returns>How it went.</returns>
    public static PretrainingSummary Run(PretrainingOptions options, OpenedData data, string runFolder,
        IProgress<TrainingMetrics>? progress = null, ILogger? logger = null, IEncoderObserver? observer = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        RequireJudge(options, observer);
        if (options.InitialWeights is { Length: > 0 } start)
            options = options with { InitialWeights = EncoderCache.Absolute(start) };
        var device = TorchRuntime.SelectDevice(options.Compute.Device);
        var images = Images(options, data);
        // Refuses data that does not fit, before anything is written.
        var batches = Views(options, images, device, new UnreadableImages());
        var run = RunFolder.Create(runFolder);
        using var held = RunLock.Take(run);
        run.RequireNoRun(); // it may have come since, from the process that held the lock
        var config = new RunConfig(options, DatasetSource.Absolute(data.Name), images.Name, images.Count, images.Fingerprint,
            RunConfig.CurrentVersion, TorchRuntime.Describe(device));
        try
        {
            using var state = new TrainingState(options, device, images.ClassNames.Count);
            config = config with { InitialWeights = StartingWeights.Load(options, state.Model) };
            state.KeepStart();
            run.RemoveUnfinished();
            run.WriteConfig(config);
            return new TrainingLoop(run, config, batches, state).Run(progress, logger, observer, cancellationToken);
        }
        catch
        {
            var isDiscarded = run.DiscardUnlessResumable();
            held.Dispose();
            if (isDiscarded) run.RemoveIfEmpty();
            throw;
        }
    }

    /// <summary>Continues a run from its latest checkpoint, as if it had not stopped.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="progress">Receives every logged step, on this thread.</param>
    /// <param name="logger">
    /// Receives a warning for each damaged checkpoint that was passed over, for each change of settings and data, and for each
    /// unreadable image and sign of not learning that was not reported before; or null. A change of settings that do not bear on
    /// the result is information, no warning.
    /// </param>
    /// <param name="observer">As for a new run.</param>
    /// <param name="acceptChanges">Whether to go on although images or settings are not those that the run had so far.</param>
    /// <param name="cancellationToken">As for a new run.</param>
    /// <returns>How it went; at once where the run is complete already.</returns>
    /// <exception cref="RunFolderException">
    /// There is no run, another process is training in it, or data or settings have changed since; the message names which.
    /// </exception>
    /// <exception cref="CheckpointException">No checkpoint can be used.</exception>
    public static PretrainingSummary Resume(string runFolder, IProgress<TrainingMetrics>? progress = null,
        ILogger? logger = null, IEncoderObserver? observer = null, bool acceptChanges = false,
        CancellationToken cancellationToken = default) =>
        ResumeOn(null, runFolder, progress, logger, observer, acceptChanges, cancellationToken);

    /// <summary>Continues a run with data that others use too.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="data">The run's data; others are refused as changed.</param>
    /// <param name="progress">As for <see cref="Resume(string, IProgress{TrainingMetrics}, ILogger, IEncoderObserver, bool,
    /// CancellationToken)"/>, like all that follows and the exceptions.</param>
    /// <param name="logger">As there.</param>
    /// <param name="observer">As there.</param>
    /// <param name="acceptChanges">As there.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <returns>How it went.</returns>
    public static PretrainingSummary Resume(string runFolder, OpenedData data, IProgress<TrainingMetrics>? progress = null,
        ILogger? logger = null, IEncoderObserver? observer = null, bool acceptChanges = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return ResumeOn(data, runFolder, progress, logger, observer, acceptChanges, cancellationToken);
    }

    private static PretrainingSummary ResumeOn(OpenedData? data, string runFolder, IProgress<TrainingMetrics>? progress,
        ILogger? logger, IEncoderObserver? observer, bool acceptChanges, CancellationToken cancellationToken)
    {
        var run = RunFolder.Open(runFolder);
        if (CompleteOrNull(run, logger: null) is { } complete) return complete;
        var config = run.ReadConfig();
        if (config.IsImported)
            throw new RunFolderException($"{runFolder} was imported and has no training to continue; begin a run with "
                + $"{nameof(PretrainingOptions.InitialWeights)} {runFolder}.")
            {
                Setting = nameof(PretrainingOptions.InitialWeights),
                File = runFolder,
            };
        RequireJudge(config.Options, observer);
        using var held = RunLock.Take(run);
        if (CompleteOrNull(run, logger) is { } completeNow) return completeNow; // by the process that held the lock
        run.RemoveUnfinished();
        var device = TorchRuntime.SelectDevice(config.Options.Compute.Device);
        var images = Images(config.Options, data ?? new OpenedData(config.Data));
        var changes = new ResumeChanges(run, acceptChanges, logger);
        config = changes.OfData(config, images);
        var unreadable = new UnreadableImages();
        unreadable.Restore(UnreadableLog.TakeUp(run.Unreadable));
        var batches = Views(config.Options, images, device, unreadable);
        using var state = new TrainingState(config.Options, device, images.ClassNames.Count);
        using (var checkpoint = new CheckpointStore(run.Checkpoints).LoadLatest(logger))
        {
            if (checkpoint is null || config.Options.Adaptation.KeepBetter)
            {
                if (StartingWeights.Load(config.Options, state.Model) != config.InitialWeights)
                    throw new RunFolderException($"{config.Options.InitialWeights} is not what the run began with; restore it, "
                        + "or begin a new run.");
                state.KeepStart();
            }
            if (checkpoint is not null)
            {
                changes.OfSettings(checkpoint.Info, config.Options, batches.StepsPerEpoch);
                state.Restore(checkpoint);
            }
        }
        return new TrainingLoop(run, config, batches, state).Run(progress, logger, observer, cancellationToken);
    }

    private static void RequireJudge(PretrainingOptions options, IEncoderObserver? observer)
    {
        if (options.Adaptation.KeepBetter && observer is null)
            throw new ArgumentException(
                $"{nameof(AdaptationOptions.KeepBetter)} needs an observer that judges the two encoders.", nameof(observer));
    }

    /// <summary>
    /// The summary of a complete run. A damaged one is made again, since all that it holds is in the last checkpoint.
    /// </summary>
    private static PretrainingSummary? CompleteOrNull(RunFolder run, ILogger? logger)
    {
        try
        {
            return run.ReadSummary();
        }
        catch (RunFolderException e)
        {
            logger?.SummaryDamaged(e.Message.TrimEnd('.'), e);
            return null;
        }
    }

    /// <summary>The images that a run with some settings is trained on.</summary>
    /// <exception cref="DataException">The data cannot be used.</exception>
    internal static IImageDataset Images(PretrainingOptions options, OpenedData data)
    {
        var images = data.At(options.Model.DrawnSide).Train;
        if (images.Count < 2)
            throw new DataException(
                $"{images.Name} holds one image; SimCLR compares images with each other and needs at least two, "
                + "better thousands.");
        images = Subset.Limited(images, options.Limit, options.Seed);
        TrainingStep.RequireLabels(options.Objective.Create(), images);
        const string probe = nameof(options.OnlineProbe);
        if (options.OnlineProbe) images.RequireLabels(probe, probe);
        return images;
    }

    internal static ViewBatches Views(
        PretrainingOptions options, IImageDataset images, Device device, UnreadableImages unreadable)
    {
        var batches = new ViewBatchOptions
        {
            BatchSize = options.BatchSize,
            Seed = options.Seed,
            Workers = options.Compute.Workers,
            Format = PixelFormat.Default with { Type = TypeOfPixels(options, device) },
            PageLocked = device.type == DeviceType.CUDA,
        };
        return new ViewBatches(images, Stages(options), batches, unreadable);
    }

    private static List<ViewStage> Stages(PretrainingOptions options)
    {
        var (views, model) = (options.Views, options.Model);
        var small = views.CreateSmallPolicies(model);
        var stages = new List<ViewStage>();
        var end = 0.0;
        foreach (var (side, share) in model.ImageSize.Stages)
        {
            var policies = views.CreatePolicies(model with { ImageSize = side });
            end += share * options.Schedule.Epochs;
            stages.Add(new(new(new(policies.First, policies.Second), views.Views,
                new(small.First, small.Second), views.SmallViews), end));
        }
        return stages;
    }

    // Images come in the type that the step computes in.
    private static PixelType TypeOfPixels(PretrainingOptions options, Device device) =>
        TorchRuntime.SelectPrecision(options.Compute.Precision, device) == ScalarType.BFloat16
            ? PixelType.BFloat16
            : PixelType.Float32;
}
