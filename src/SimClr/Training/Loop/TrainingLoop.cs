using Microsoft.Extensions.Logging;
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

    /// <summary>Trains. The parameters and exceptions are those of <c>Pretrainer.Run</c>.</summary>
    public PretrainingSummary Run(IProgress<TrainingMetrics>? progress, ILogger? logger, IEncoderObserver? observer,
        CancellationToken cancellationToken)
    {
        TorchRuntime.SetThreads(_options.Compute.Threads);
        var precision = TorchRuntime.SelectPrecision(_options.Compute.Precision, state.Device);
        using var guard = new NonFiniteGuard(_options, state, logger);
        using var metrics = new MetricsLog(run.Metrics, state.Step);
        var keeper = new StateKeeper(run, config, state, metrics, guard);
        keeper.RequireSpace();
        batches.Unreadable.Found += image =>
        {
            UnreadableLog.Append(run.Unreadable, image);
            logger?.ImageReplaced(image.Image, image.Reason);
        };
        Func<double?>? look = observer is null ? null : () => observer.Measure(state.Kept.Encoder, precision, cancellationToken);
        var clock = new TrainingClock(state.Seconds, state.Step);
        var found = metrics.Kept.LastOrDefault(line => line.KnnTop1 is not null)?.KnnTop1;
        var monitor = new RunMonitor(_options, batches.StepsPerEpoch, state, guard, metrics, clock, new(_options, look, found))
        {
            Progress = progress,
            Logger = logger,
        };
        var step = new TrainingStep(state, _options.Objective.Create(), precision, _options.MicroBatch, batches.Dataset)
        {
            Rates = new(_options, batches.StepsPerEpoch),
            Guard = guard,
        };
        while (state.Epoch < _options.Schedule.Epochs)
        {
            TakeSteps(step, monitor, clock, keeper, cancellationToken);
            if (state.StepInEpoch == batches.StepsPerEpoch) EndEpoch();
            if (cancellationToken.IsCancellationRequested && state.Epoch < _options.Schedule.Epochs)
            {
                keeper.Save();
                return monitor.Summary(run.Path, batches.Unreadable.Count, interrupted: true);
            }
            if (keeper.IsDueAfterEpoch) keeper.Save();
        }
        AveragedWeights? averaged;
        Adaptation? adaptation;
        try
        {
            averaged = FinishAverage(precision, logger, cancellationToken);
            adaptation = observer is null ? null : CompareWithStart(observer, precision, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return monitor.Summary(run.Path, batches.Unreadable.Count, interrupted: true); // the last epoch's state is saved
        }
        if (adaptation is { KeptStart: true }) logger?.StartKept(adaptation.Words);
        var kept = adaptation is { KeptStart: true } ? state.Start! : state.Kept;
        var metadata = RunWeights.Metadata(_options.Model);
        ModuleWeights.Save(kept.Encoder, run.Encoder, metadata);
        ModuleWeights.Save(kept.Head, run.Projection, metadata);
        var summary = monitor.Summary(run.Path, batches.Unreadable.Count, interrupted: false) with
        {
            AveragedWeights = averaged,
            Adaptation = adaptation,
        };
        run.WriteSummary(summary);
        return summary;
    }

    /// <summary>Gives the averaged network batch norm statistics of its own, from the views of the last epoch.</summary>
    /// <returns>Null where the weights are not averaged.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    private AveragedWeights? FinishAverage(ScalarType precision, ILogger? logger, CancellationToken cancellationToken)
    {
        if (state.Average is not { } average) return null;
        logger?.StatisticsRecomputed(Math.Min(batches.StepsPerEpoch, AveragedStatistics.MaxBatches));
        var used = AveragedStatistics.Compute(average.Model,
            batches.Epoch(_options.Schedule.Epochs - 1, firstStep: 0, cancellationToken), state.Device, precision,
            _options.MicroBatch, cancellationToken);
        return new AveragedWeights(_options.Ema, average.Steps, used);
    }

    /// <summary>Judges the encoder that the run began with and the trained one.</summary>
    /// <returns>Null where the settings do not ask, or nothing can be judged.</returns>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    private Adaptation? CompareWithStart(
        IEncoderObserver observer, ScalarType precision, CancellationToken cancellationToken)
    {
        if (state.Start is not { } start) return null;
        var before = observer.Judge(start.Encoder, precision, cancellationToken);
        var after = observer.Judge(state.Kept.Encoder, precision, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return before is { } b && after is { } a ? new Adaptation(a.Measure, b.Value, a.Value) : null;
    }

    /// <summary>Takes the rest of an epoch's steps, or as many as there are until the run is to stop.</summary>
    private void TakeSteps(TrainingStep step, RunMonitor monitor, TrainingClock clock, StateKeeper keeper,
        CancellationToken cancellationToken)
    {
        var schedule = _options.CreateSchedule(batches.StepsPerEpoch);
        clock.WaitForData();
        // Not with the caller's token: a batch that is being rendered is waited for, so that the state can be saved.
        foreach (var batch in batches.Epoch(state.Epoch, state.StepInEpoch, CancellationToken.None))
        {
            clock.DataArrived();
            var rate = schedule.At(state.Step);
            using (NewDisposeScope())
            {
                if (Take(step, batch, rate, cancellationToken) is not { } result) return;
                if (!result.IsSkipped) state.Probe?.Learn(result.Representations, Labels(batch.Indices));
                state.StepInEpoch++;
                clock.WaitForData();
                state.Seconds = clock.Seconds;
                monitor.AfterStep(rate, result);
            }
            if (state.StepInEpoch == batches.StepsPerEpoch) continue; // the epoch is closed before anything is saved
            if (cancellationToken.IsCancellationRequested) return;
            if (keeper.IsDue) keeper.Save();
        }
    }

    /// <summary>Closes an epoch: its means become the run's figures.</summary>
    /// <exception cref="TrainingDivergedException">All its steps were left out.</exception>
    private void EndEpoch()
    {
        if (state.Figures.Count == 0)
            throw new TrainingDivergedException(
                $"In epoch {state.Epoch + 1} no step had a loss and a gradient that are numbers; try a lower "
                + $"{nameof(ScheduleOptions.LearningRate)} than {_options.Schedule.LearningRate} or more "
                + $"{nameof(ScheduleOptions.WarmupEpochs)} than {_options.Schedule.WarmupEpochs}.")
            {
                Named = [nameof(ScheduleOptions.LearningRate), nameof(ScheduleOptions.WarmupEpochs)],
            };
        state.LastEpoch = state.EpochMeans();
        state.Figures.Reset();
        state.Logged = default;
        state.Epoch++;
        state.StepInEpoch = 0;
    }

    /// <summary>Takes a step; null where it was given up half-way, and nothing has changed.</summary>
    private static StepResult? Take(TrainingStep step, ViewBatch batch, double rate, CancellationToken cancellationToken)
    {
        try
        {
            return step.Take(batch, rate, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private long[] Labels(IReadOnlyList<int> indices) => [.. indices.Select(i => (long)batches.Dataset.Label(i))];
}
