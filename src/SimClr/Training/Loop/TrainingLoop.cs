using SimClr.Data;
using SimClr.Models;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>Algorithm 1 of the paper, from where the state stands to the last epoch.</summary>
/// <param name="run">Where it is kept.</param>
/// <param name="config">The settings.</param>
/// <param name="batches">The views.</param>
/// <param name="state">The model, the optimizer and the position in the run; owned by the caller.</param>
internal sealed class TrainingLoop(RunFolder run, RunConfig config, ViewBatches batches, TrainingState state)
{
    private readonly PretrainingOptions _options = config.Options;

    /// <summary>Trains. For parameters and exceptions see <c>Pretrainer.Run</c>.</summary>
    public PretrainingSummary Run(IProgress<PretrainingProgress>? progress, Action<string>? warn, IEncoderObserver? observer,
        CancellationToken cancellation)
    {
        TorchRuntime.SetThreads(_options.Compute.Threads);
        var precision = TorchRuntime.SelectPrecision(_options.Compute.Precision, state.Device);
        using var guard = new NonFiniteGuard(_options, state, warn);
        using var metrics = new MetricsLog(run.Metrics, state.Step);
        var keeper = new StateKeeper(run, config, state, metrics, guard);
        keeper.RequireSpace();
        batches.Unreadable.Found += picture =>
        {
            UnreadableLog.Append(run.Unreadable, picture);
            warn?.Invoke($"{picture.Picture} cannot be read, another picture takes its place: {picture.Reason}");
        };
        Func<double?>? look = observer is null ? null : () => observer.Measure(state.Model.Encoder, precision, cancellation);
        var reporter = new ProgressReporter(_options, batches.StepsPerEpoch, state, progress, warn, metrics, guard, look);
        var step = new TrainingStep(state, _options.Objective.Create(), precision, _options.MicroBatch, batches.Dataset)
        {
            Guard = guard,
        };
        while (state.Epoch < _options.Schedule.Epochs)
        {
            TakeSteps(step, reporter, keeper, cancellation);
            if (state.StepInEpoch == batches.StepsPerEpoch) reporter.EndEpoch();
            if (cancellation.IsCancellationRequested && state.Epoch < _options.Schedule.Epochs)
            {
                keeper.Save();
                return reporter.Summary(run.Path, batches.Unreadable.Count, interrupted: true);
            }
            if (keeper.IsDueAfterEpoch) keeper.Save();
        }
        var metadata = RunWeights.Metadata(_options.Model);
        ModuleWeights.Save(state.Model.Encoder, run.Encoder, metadata);
        ModuleWeights.Save(state.Model.Head, run.Projection, metadata);
        var summary = reporter.Summary(run.Path, batches.Unreadable.Count, interrupted: false);
        run.WriteSummary(summary);
        return summary;
    }

    /// <summary>Takes the remaining steps of an epoch, until the run is stopped.</summary>
    private void TakeSteps(TrainingStep step, ProgressReporter reporter, StateKeeper keeper, CancellationToken cancellation)
    {
        var schedule = _options.Schedule.Create(batches.StepsPerEpoch, _options.BatchSize);
        reporter.WaitForData();
        // Not with the caller's token: a batch that is being rendered is waited for, so that the state can be saved.
        foreach (var batch in batches.Epoch(state.Epoch, state.StepInEpoch, CancellationToken.None))
        {
            reporter.DataArrived();
            var rate = schedule.At(state.Step);
            using (NewDisposeScope())
            {
                if (Take(step, batch, rate, cancellation) is not { } result) return;
                if (!result.IsSkipped) state.Probe?.Learn(result.Representations, Labels(batch.Indices));
                state.StepInEpoch++;
                reporter.AfterStep(rate, result);
            }
            if (state.StepInEpoch == batches.StepsPerEpoch) continue; // the epoch is closed before anything is saved
            if (cancellation.IsCancellationRequested) return;
            if (keeper.IsDue) keeper.Save();
        }
    }

    /// <summary>Takes a step; null where it was given up half-way, and nothing has changed.</summary>
    private static StepResult? Take(TrainingStep step, ViewBatch batch, double rate, CancellationToken cancellation)
    {
        try
        {
            return step.Take(batch, rate, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private long[] Labels(IReadOnlyList<int> indices) => [.. indices.Select(i => (long)batches.Dataset.Label(i))];
}
