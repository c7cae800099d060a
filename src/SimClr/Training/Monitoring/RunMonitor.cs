using Microsoft.Extensions.Logging;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Training;

/// <summary>Measures, logs and reports the steps that are to be logged, and warns of a run that does not learn.</summary>
internal sealed class RunMonitor
{
    private readonly PretrainingOptions _options;
    private readonly TrainingState _state;
    private readonly NonFiniteGuard _guard;
    private readonly MetricsLog _log;
    private readonly TrainingClock _clock;
    private readonly EpochObserver _observer;
    private readonly CollapseAlarm _alarm;
    private readonly int _stepsPerEpoch, _interval;
    private readonly double? _chanceLoss;

    public RunMonitor(PretrainingOptions options, int stepsPerEpoch, TrainingState state, NonFiniteGuard guard, MetricsLog log,
        TrainingClock clock, EpochObserver observer)
    {
        (_options, _stepsPerEpoch, _state, _guard) = (options, stepsPerEpoch, state, guard);
        (_log, _clock, _observer) = (log, clock, observer);
        // At most twenty times in a usual epoch, at steps that do not depend on where a run was interrupted.
        _interval = Math.Clamp((stepsPerEpoch + 19) / 20, 1, 50);
        _chanceLoss = options.ChanceLoss;
        _alarm = CollapseAlarm.Replay(options, stepsPerEpoch, log.Kept);
    }

    /// <summary>Receives every logged step; or null.</summary>
    public IProgress<TrainingMetrics>? Progress { get; init; }

    /// <summary>Receives every warning; or null.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>The warnings so far.</summary>
    public IReadOnlyList<TrainingWarning> Warnings => _alarm.Warnings;

    /// <summary>To be called after every step, while the gradients of the step are still there.</summary>
    /// <exception cref="TrainingDivergedException">The loss or a gradient was not finite.</exception>
    public void AfterStep(double learningRate, StepResult result)
    {
        if (result.IsSkipped) return; // the next line counts on
        _state.Figures.Add(result.Loss, result.ContrastiveTop1, result.Entropy);
        var isLast = _state.StepInEpoch == _stepsPerEpoch;
        if (_state.StepInEpoch % _interval != 0 && !isLast) return;
        var metrics = Measure(learningRate, result);
        if (isLast) metrics = metrics with { KnnTop1 = _observer.AtEndOf(_state.Epoch + 1, _clock) };
        _log.Append(metrics);
        Progress?.Report(metrics);
        if (_alarm.Look(metrics) is { } warning) Logger?.NotLearning(warning.Message);
        _clock.BeginWindow(_state.Step);
    }

    /// <summary>The result of the run so far.</summary>
    /// <param name="run">Its folder.</param>
    /// <param name="unreadable">Images that could not be read.</param>
    /// <param name="interrupted">Whether it was stopped before its last epoch.</param>
    public PretrainingSummary Summary(string run, int unreadable, bool interrupted)
    {
        // Stopped within the first epoch, there is no other to speak of.
        var (loss, top1) = double.IsNaN(_state.LastEpoch.Loss) && _state.Figures.Count > 0
            ? _state.EpochMeans()
            : _state.LastEpoch;
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new PretrainingSummary(run, _state.Epoch, _state.Step, loss, _chanceLoss, top1,
            (double)_options.ViewsPerStep * _state.Step / _state.Seconds, _state.Seconds,
            process.PeakWorkingSet64, interrupted, unreadable)
        {
            ChanceTop1 = _options.ChanceTop1,
            Last = (_log.Last ?? new()) with { KnnTop1 = _observer.LastFound },
            Warnings = Warnings,
            SkippedSteps = _state.SkippedSteps,
            Checkpoints = _state.CheckpointCount,
            CheckpointSeconds = _state.CheckpointSeconds,
            CheckpointShare = _state.CheckpointSeconds == 0
                ? 0
                : _state.CheckpointSeconds / Math.Max(_state.Seconds, _state.CheckpointSeconds),
        };
    }

    private TrainingMetrics Measure(double learningRate, StepResult result)
    {
        _guard.Check();
        var sums = _state.Figures.Read();
        var (loss, top1, entropy) = sums.MeansSince(_state.Logged);
        _state.Logged = sums;
        var total = _options.Schedule.Epochs * _stepsPerEpoch;
        var (stepsPerSecond, wait, remaining) = _clock.Read(_state.Step, total, _options.Model.ImageSize);
        var geometry = BatchGeometry.Of(result.Representations, result.Projections, _options.Views.All);
        return new TrainingMetrics
        {
            Step = _state.Step,
            Epoch = _state.Epoch + 1,
            Epochs = _options.Schedule.Epochs,
            TotalSteps = total,
            Remaining = remaining,
            ChanceTop1 = _options.ChanceTop1,
            Loss = loss,
            ChanceLoss = _chanceLoss,
            ContrastiveTop1 = top1,
            Entropy = entropy,
            Alignment = geometry.Alignment,
            Uniformity = geometry.Uniformity,
            EffectiveRankH = geometry.EffectiveRankH,
            EffectiveRankZ = geometry.EffectiveRankZ,
            GradientNorm = _state.Optimizer.GradientNorm(),
            LearningRate = learningRate,
            ViewsPerSecond = _options.ViewsPerStep * stepsPerSecond,
            WaitMilliseconds = wait.TotalMilliseconds,
            OnlineTop1 = _state.Probe?.TakeTop1(),
        };
    }
}
