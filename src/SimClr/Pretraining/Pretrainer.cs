using SimClr.Augmentation;
using SimClr.Batches;
using SimClr.Checkpoints;
using SimClr.Datasets;
using SimClr.Runtime;
using SimClr.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Pretraining;

/// <summary>Pretrains an encoder without labels (Algorithm 1 of the paper) and keeps a run folder.</summary>
public static class Pretrainer
{
    /// <summary>Begins a run.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">DATA: <c>shapes</c>, <c>cifar10:DIR</c> or a folder; its training part is used, without labels.</param>
    /// <param name="runFolder">A folder that holds no run yet.</param>
    /// <param name="progress">Is told of every logged step, on this thread.</param>
    /// <param name="warn">
    /// Is told, in one line each, of every picture that cannot be read, whose place another takes, and of signs that the run does
    /// not learn.
    /// </param>
    /// <param name="cancellation">Looked at between steps: the state is saved, and the summary says <c>Interrupted</c>.</param>
    /// <returns>How it went.</returns>
    /// <exception cref="SettingsException">A setting is out of bounds.</exception>
    /// <exception cref="DataException">
    /// The data or most of its pictures cannot be used. Where there is no checkpoint yet, nothing is left in the folder.
    /// </exception>
    /// <exception cref="RunFolderException">The folder holds a run already or cannot be written.</exception>
    /// <exception cref="WeightsException">The weights to start from cannot be used; nothing is left in the folder.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number; earlier checkpoints stay.</exception>
    public static PretrainingSummary Run(PretrainingOptions options, string data, string runFolder,
        IProgress<PretrainingProgress>? progress = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        if (options.InitialWeights != "") options = options with { InitialWeights = Path.GetFullPath(options.InitialWeights) };
        var device = TorchRuntime.SelectDevice(options.Device);
        var pictures = Pictures(options, data);
        // Refuses data that does not fit, before anything is written.
        var batches = Views(options, pictures, device, new UnreadablePictures());
        var run = RunFolder.Create(runFolder);
        var config = new RunConfig(options, DatasetSource.Absolute(data), pictures.Name, pictures.Count, pictures.Fingerprint,
            RunConfig.CurrentVersion, TorchRuntime.Describe(device));
        try
        {
            using var state = new TrainingState(options, device, pictures.ClassNames.Count);
            config = config with { InitialWeights = StartingWeights.Load(options, state.Model) };
            RunFolder.WriteAtomically(run.Config, config.ToJson());
            return Train(run, config, batches, state, progress, warn, cancellation);
        }
        catch
        {
            run.DiscardUnlessResumable();
            throw;
        }
    }

    /// <summary>Continues a run from its latest checkpoint, as if it had not stopped.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="progress">Is told of every logged step, on this thread.</param>
    /// <param name="warn">
    /// Is told, in one line each, of a damaged checkpoint that was passed over, and of unreadable pictures and signs of not
    /// learning that were not named before.
    /// </param>
    /// <param name="cancellation">As for a new run.</param>
    /// <returns>How it went; at once where the run is complete already.</returns>
    /// <exception cref="RunFolderException">There is no run, or the data has changed since.</exception>
    /// <exception cref="CheckpointException">No checkpoint can be used.</exception>
    public static PretrainingSummary Resume(string runFolder, IProgress<PretrainingProgress>? progress = null,
        Action<string>? warn = null, CancellationToken cancellation = default)
    {
        var run = RunFolder.Open(runFolder);
        if (run.ReadSummary() is { } complete) return complete;
        var config = run.ReadConfig();
        if (config.IsImported)
            throw new RunFolderException($"{runFolder} was imported and has no training to continue; begin a run with "
                + $"--initial-weights {runFolder}.");
        var device = TorchRuntime.SelectDevice(config.Options.Device);
        var pictures = Pictures(config.Options, config.Data);
        if (pictures.Fingerprint != config.DataFingerprint)
            throw new RunFolderException($"The pictures in {config.Data} are not those the run began with "
                + $"({config.DataCount} then, {pictures.Count} now, or other files); restore them, or begin a new run.");
        var unreadable = new UnreadablePictures();
        unreadable.Restore(UnreadableLog.Read(run.Unreadable));
        var batches = Views(config.Options, pictures, device, unreadable);
        using var state = new TrainingState(config.Options, device, pictures.ClassNames.Count);
        using (var checkpoint = new CheckpointStore(run.Checkpoints).LoadLatest(warn))
        {
            if (checkpoint is not null) state.Restore(checkpoint);
            else if (StartingWeights.Load(config.Options, state.Model) != config.InitialWeights)
                throw new RunFolderException($"{config.Options.InitialWeights} is not what the run began with; restore it, "
                    + "or begin a new run.");
        }
        return Train(run, config, batches, state, progress, warn, cancellation);
    }

    private static IImageDataset Pictures(PretrainingOptions options, string data)
    {
        var pictures = DatasetSource.Open(data, options.ImageSize).Train;
        if (pictures.Count < 2)
            throw new DataException($"{pictures.Name} holds one picture; SimCLR compares pictures with each other and needs at least two, "
                + "better thousands.");
        if (options.Limit > 0) pictures = Subset.First(pictures, options.Limit, options.Seed);
        TrainingStep.RequireLabels(options.Loss(), pictures);
        if (options.OnlineProbe) TrainingStep.RequireLabels("--online-probe", pictures);
        return pictures;
    }

    internal static ViewBatches Views(
        PretrainingOptions options, IImageDataset pictures, Device device, UnreadablePictures unreadable)
    {
        var batches = new ViewBatchOptions
        {
            BatchSize = options.BatchSize,
            Seed = options.Seed,
            Workers = options.Workers,
            Format = PixelFormat.Default with { Type = TypeOfPixels(options, device) },
            PageLocked = device.type == DeviceType.CUDA,
        };
        var (first, second) = options.Augmentations();
        return new ViewBatches(pictures, first, second, batches, unreadable);
    }

    // Pictures come in the type that the step computes in.
    private static PixelType TypeOfPixels(PretrainingOptions options, Device device) =>
        TorchRuntime.SelectPrecision(options.Precision, device) == ScalarType.BFloat16
            ? PixelType.BFloat16
            : PixelType.Float32;

    private static PretrainingSummary Train(RunFolder run, RunConfig config, ViewBatches batches, TrainingState state,
        IProgress<PretrainingProgress>? progress, Action<string>? warn, CancellationToken cancellation)
    {
        var options = config.Options;
        TorchRuntime.SetThreads(options.Threads);
        var precision = TorchRuntime.SelectPrecision(options.Precision, state.Device);
        var step = new TrainingStep(state, options.Loss(), precision, options.MicroBatch, batches.Dataset);
        var schedule = options.Schedule(batches.StepsPerEpoch);
        var store = new CheckpointStore(run.Checkpoints);
        using var metrics = new MetricsLog(run.Metrics, state.Step);
        batches.Unreadable.Found += picture =>
        {
            UnreadableLog.Append(run.Unreadable, picture);
            warn?.Invoke($"{picture.Picture} cannot be read, another picture takes its place: {picture.Reason}");
        };
        var reporter = new ProgressReporter(options, batches.StepsPerEpoch, state, progress, warn, metrics);
        while (state.Epoch < options.Epochs)
        {
            reporter.WaitForData();
            // Not with the caller's token: a batch that is being rendered is waited for, so that the state can be saved.
            foreach (var batch in batches.Epoch(state.Epoch, state.StepInEpoch, CancellationToken.None))
            {
                reporter.DataArrived();
                var rate = schedule.At(state.Step);
                using (NewDisposeScope())
                {
                    var result = step.Take(batch, rate);
                    state.Probe?.Learn(result.Representations, [.. batch.Indices.Select(i => (long)batches.Dataset.Label(i))]);
                    state.StepInEpoch++;
                    reporter.AfterStep(rate, result);
                }
                if (cancellation.IsCancellationRequested && state.StepInEpoch < batches.StepsPerEpoch) break;
            }
            if (state.StepInEpoch == batches.StepsPerEpoch) reporter.EndEpoch();
            if (cancellation.IsCancellationRequested && state.Epoch < options.Epochs)
            {
                state.Save(store, config.DataFingerprint);
                return reporter.Summary(run.Path, batches.Unreadable.Count, interrupted: true);
            }
            if (state.Epoch % options.CheckpointEpochs == 0 || state.Epoch == options.Epochs)
                state.Save(store, config.DataFingerprint);
        }
        var metadata = RunWeights.Metadata(options);
        ModuleWeights.Save(state.Model.Encoder, run.Encoder, metadata);
        ModuleWeights.Save(state.Model.Head, run.Projection, metadata);
        var summary = reporter.Summary(run.Path, batches.Unreadable.Count, interrupted: false);
        run.WriteSummary(summary);
        return summary;
    }
}
