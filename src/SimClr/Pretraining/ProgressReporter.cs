using System.Diagnostics;

namespace SimClr.Pretraining;

/// <summary>Turns steps into logged progress and the summary, and keeps the clock.</summary>
internal sealed class ProgressReporter
{
    private readonly PretrainingOptions _options;
    private readonly TrainingState _state;
    private readonly IProgress<PretrainingProgress>? _progress;
    private readonly MetricsLog _metrics;
    private readonly int _stepsPerEpoch, _interval;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly double _secondsBefore;
    private readonly int _stepsBefore;
    private long _windowStarted;
    private (double Loss, double Top1, int Count, double Waited) _windowBase;
    private long _asked;
    private double _waited;

    public ProgressReporter(PretrainingOptions options, int stepsPerEpoch, TrainingState state,
        IProgress<PretrainingProgress>? progress, MetricsLog metrics)
    {
        (_options, _stepsPerEpoch, _state, _progress, _metrics) = (options, stepsPerEpoch, state, progress, metrics);
        // About twenty times an epoch, at steps that do not depend on where a run was interrupted.
        _interval = Math.Clamp(stepsPerEpoch / 20, 1, 50);
        (_secondsBefore, _stepsBefore) = (state.Seconds, state.Step);
        BeginWindow(state.Figures.Read());
    }

    /// <summary>Training asks for a batch.</summary>
    public void WaitForData() => _asked = Stopwatch.GetTimestamp();

    /// <summary>The batch is there.</summary>
    public void DataArrived() => _waited += Stopwatch.GetElapsedTime(_asked).TotalSeconds;

    /// <summary>To be called after every step.</summary>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public void AfterStep(double learningRate)
    {
        WaitForData();
        _state.Seconds = _secondsBefore + Stopwatch.GetElapsedTime(_started).TotalSeconds;
        if (_state.StepInEpoch % _interval != 0 && _state.StepInEpoch != _stepsPerEpoch) return;
        var (loss, top1) = _state.Figures.Read();
        var steps = _state.Figures.Count - _windowBase.Count;
        var elapsed = Stopwatch.GetElapsedTime(_windowStarted).TotalSeconds;
        var meanLoss = (loss - _windowBase.Loss) / steps;
        if (!double.IsFinite(meanLoss))
            throw new TrainingDivergedException(
                $"The loss is not a number any more at step {_state.Step} (epoch {_state.Epoch + 1}); "
                + $"try a lower --learning-rate than {_options.LearningRate} "
                + $"or more --warmup-epochs than {_options.WarmupEpochs}.");
        var total = _options.Epochs * _stepsPerEpoch;
        var perStep = Stopwatch.GetElapsedTime(_started).TotalSeconds / (_state.Step - _stepsBefore);
        var report = new PretrainingProgress(_state.Epoch + 1, _options.Epochs, _state.Step, total, meanLoss,
            _options.Loss().ChanceLevel(_options.BatchSize) ?? double.NaN, (top1 - _windowBase.Top1) / steps, learningRate,
            2.0 * _options.BatchSize * steps / elapsed, 1000 * (_waited - _windowBase.Waited) / steps,
            TimeSpan.FromSeconds(perStep * (total - _state.Step)));
        _metrics.Append(report);
        _progress?.Report(report);
        BeginWindow((loss, top1));
    }

    /// <summary>Closes an epoch: its means become the run's figures.</summary>
    public void EndEpoch()
    {
        var (loss, top1) = _state.Figures.Read();
        _state.LastEpoch = (loss / _state.Figures.Count, top1 / _state.Figures.Count);
        _state.Figures.Reset();
        _windowBase = _windowBase with { Loss = 0, Top1 = 0, Count = 0 };
        _state.Epoch++;
        _state.StepInEpoch = 0;
    }

    public PretrainingSummary Summary(string run, int unreadable, bool interrupted)
    {
        var figures = _state.LastEpoch;
        if (double.IsNaN(figures.Loss) && _state.Figures.Count > 0) // stopped within the first epoch
        {
            var (loss, top1) = _state.Figures.Read();
            figures = (loss / _state.Figures.Count, top1 / _state.Figures.Count);
        }
        using var process = Process.GetCurrentProcess();
        return new PretrainingSummary(run, _state.Epoch, _state.Step,
            figures.Loss, _options.Loss().ChanceLevel(_options.BatchSize) ?? double.NaN, figures.Top1,
            2.0 * _options.BatchSize * _state.Step / _state.Seconds, _state.Seconds,
            process.PeakWorkingSet64, interrupted, unreadable);
    }

    private void BeginWindow((double Loss, double Top1) sums)
    {
        _windowBase = (sums.Loss, sums.Top1, _state.Figures.Count, _waited);
        _windowStarted = Stopwatch.GetTimestamp();
    }
}
