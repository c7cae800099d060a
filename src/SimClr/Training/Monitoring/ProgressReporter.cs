using System.Diagnostics;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Training;

/// <summary>Turns steps into logged progress, warnings and the summary, and keeps the clock.</summary>
internal sealed class ProgressReporter
{
    private readonly PretrainingOptions _options;
    private readonly TrainingState _state;
    private readonly IProgress<PretrainingProgress>? _progress;
    private readonly Action<string>? _warn;
    private readonly MetricsLog _metrics;
    private readonly Func<double?>? _look;
    private readonly CollapseAlarm _alarm;
    private readonly NonFiniteGuard _guard;
    private readonly int _stepsPerEpoch, _interval;
    private readonly double? _chanceLoss;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly double _secondsBefore;
    private double _secondsLooking; // which are not spent on training
    private readonly int _stepsBefore;
    private (long Started, int Step, double Waited) _window;
    private long _asked;
    private double _waited;

    public ProgressReporter(PretrainingOptions options, int stepsPerEpoch, TrainingState state,
        IProgress<PretrainingProgress>? progress, Action<string>? warn, MetricsLog metrics, NonFiniteGuard guard,
        Func<double?>? look)
    {
        _guard = guard;
        (_options, _stepsPerEpoch, _state, _metrics) = (options, stepsPerEpoch, state, metrics);
        (_progress, _warn, _look) = (progress, warn, look);
        KnnTop1 = metrics.Kept.LastOrDefault(line => line.KnnTop1 is not null)?.KnnTop1;
        // At most twenty times in a usual epoch, at steps that do not depend on where a run was interrupted.
        _interval = Math.Clamp((stepsPerEpoch + 19) / 20, 1, 50);
        _chanceLoss = options.Objective.Create().ChanceLevel(options.BatchSize);
        _alarm = CollapseAlarm.Replay(options, stepsPerEpoch, metrics.Kept);
        (_secondsBefore, _stepsBefore) = (state.Seconds, state.Step);
        BeginWindow();
    }

    private double? KnnTop1 { get; set; }

    private double SecondsTraining => Stopwatch.GetElapsedTime(_started).TotalSeconds - _secondsLooking;

    private double ChanceTop1 => 1 / (2.0 * _options.BatchSize - 1);

    /// <summary>Training asks for a batch.</summary>
    public void WaitForData() => _asked = Stopwatch.GetTimestamp();

    /// <summary>The batch is there.</summary>
    public void DataArrived() => _waited += Stopwatch.GetElapsedTime(_asked).TotalSeconds;

    /// <summary>To be called after every step, while the gradients of the step are still there.</summary>
    /// <exception cref="TrainingDivergedException">The loss or a gradient was not finite.</exception>
    public void AfterStep(double learningRate, StepResult result)
    {
        WaitForData();
        _state.Seconds = _secondsBefore + SecondsTraining;
        if (result.IsSkipped) return; // the next line counts on
        _state.Figures.Add(result.Loss, result.ContrastiveTop1, result.Entropy);
        if (_state.StepInEpoch % _interval != 0 && _state.StepInEpoch != _stepsPerEpoch) return;
        var report = Report(learningRate, result) with { KnnTop1 = Look() };
        var line = _metrics.Append(report);
        _progress?.Report(report);
        if (_alarm.Look(line) is { } warning) _warn?.Invoke(warning.Message);
        BeginWindow();
    }

    /// <summary>Closes an epoch: its means become the run's figures.</summary>
    /// <exception cref="TrainingDivergedException">All its steps were left out.</exception>
    public void EndEpoch()
    {
        if (_state.Figures.Count == 0)
            throw new TrainingDivergedException(
                $"In epoch {_state.Epoch + 1} no step had a loss and a gradient that are numbers; try a lower "
                + $"{nameof(ScheduleOptions.LearningRate)} than {_options.Schedule.LearningRate} or more "
                + $"{nameof(ScheduleOptions.WarmupEpochs)} than {_options.Schedule.WarmupEpochs}.")
            {
                Named = [nameof(ScheduleOptions.LearningRate), nameof(ScheduleOptions.WarmupEpochs)],
            };
        var (loss, top1, _) = _state.Figures.Read().MeansSince(default);
        _state.LastEpoch = (loss, top1);
        _state.Figures.Reset();
        _state.Logged = default;
        _state.Epoch++;
        _state.StepInEpoch = 0;
    }

    public PretrainingSummary Summary(string run, int unreadable, bool interrupted)
    {
        var figures = _state.LastEpoch;
        if (double.IsNaN(figures.Loss) && _state.Figures.Count > 0) // stopped within the first epoch
        {
            var (loss, top1, _) = _state.Figures.Read().MeansSince(default);
            figures = (loss, top1);
        }
        using var process = Process.GetCurrentProcess();
        return new PretrainingSummary(run, _state.Epoch, _state.Step, figures.Loss, _chanceLoss, figures.Top1,
            2.0 * _options.BatchSize * _state.Step / _state.Seconds, _state.Seconds,
            process.PeakWorkingSet64, interrupted, unreadable)
        {
            ChanceTop1 = ChanceTop1,
            Entropy = _metrics.Last?.Entropy,
            Alignment = _metrics.Last?.Alignment,
            Uniformity = _metrics.Last?.Uniformity,
            EffectiveRankH = _metrics.Last?.EffectiveRankH,
            EffectiveRankZ = _metrics.Last?.EffectiveRankZ,
            GradientNorm = _metrics.Last?.GradientNorm,
            OnlineTop1 = _metrics.Last?.OnlineTop1,
            KnnTop1 = KnnTop1,
            Warnings = _alarm.Warnings,
            SkippedSteps = _state.SkippedSteps,
            Checkpoints = _state.CheckpointCount,
            CheckpointSeconds = _state.CheckpointSeconds,
            CheckpointShare = _state.CheckpointSeconds / Math.Max(_state.Seconds, _state.CheckpointSeconds),
        };
    }

    /// <summary>Has the encoder measured, at the end of the epochs for which the settings ask for it.</summary>
    private double? Look()
    {
        if (_look is null || _options.KnnEpochs == 0 || _state.StepInEpoch != _stepsPerEpoch) return null;
        var epoch = _state.Epoch + 1;
        if (epoch % _options.KnnEpochs != 0 && epoch != _options.Schedule.Epochs) return null;
        var begun = Stopwatch.GetTimestamp();
        var found = _look();
        KnnTop1 = found ?? KnnTop1;
        _secondsLooking += Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return found;
    }

    private PretrainingProgress Report(double learningRate, StepResult result)
    {
        _guard.Check();
        var sums = _state.Figures.Read();
        var (loss, top1, entropy) = sums.MeansSince(_state.Logged);
        _state.Logged = sums;
        var steps = _state.Step - _window.Step;
        var elapsed = Stopwatch.GetElapsedTime(_window.Started).TotalSeconds;
        var perStep = SecondsTraining / (_state.Step - _stepsBefore);
        var total = _options.Schedule.Epochs * _stepsPerEpoch;
        var geometry = BatchGeometry.Of(result.Representations, result.Projections);
        return new PretrainingProgress(_state.Epoch + 1, _options.Schedule.Epochs, _state.Step, total, loss, _chanceLoss, top1,
            learningRate, 2.0 * _options.BatchSize * steps / elapsed, 1000 * (_waited - _window.Waited) / steps,
            TimeSpan.FromSeconds(perStep * (total - _state.Step)))
        {
            ChanceTop1 = ChanceTop1,
            Entropy = entropy,
            Alignment = geometry.Alignment,
            Uniformity = geometry.Uniformity,
            EffectiveRankH = geometry.EffectiveRankH,
            EffectiveRankZ = geometry.EffectiveRankZ,
            GradientNorm = _state.Optimizer.GradientNorm(),
            OnlineTop1 = _state.Probe?.TakeTop1(),
        };
    }

    private void BeginWindow() => _window = (Stopwatch.GetTimestamp(), _state.Step, _waited);
}
