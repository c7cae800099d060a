using Microsoft.Extensions.Logging;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// Keeps a loss or a gradient that is not a number from the weights, or at least from the checkpoints. On a processor, and where
/// steps are to be left out, every step is checked before it changes anything. On a GPU that would mean to wait for every
/// step: there the device remembers the first bad one, and is asked at logged lines and before a state is saved.
/// </summary>
internal sealed class NonFiniteGuard : IDisposable
{
    /// <summary>The most steps in a row that may be left out; one more ends the run.</summary>
    public const int MaxInARow = 10;

    private readonly PretrainingOptions _options;
    private readonly TrainingState _state;
    private readonly ILogger? _logger;
    private readonly Tensor? _firstBad; // []: a step, or infinity; null where every step is checked

    /// <param name="options">The settings.</param>
    /// <param name="state">The model, the optimizer and the position in the run.</param>
    /// <param name="logger">Receives a warning for steps that are left out; or null.</param>
    /// <param name="everyStep">Whether every step is checked; null chooses as said above.</param>
    public NonFiniteGuard(PretrainingOptions options, TrainingState state, ILogger? logger, bool? everyStep = null)
    {
        (_options, _state, _logger) = (options, state, logger);
        Skips = options.NonFinite == NonFiniteRule.Skip;
        if (!(everyStep ?? (Skips || state.Device.type == TorchSharp.DeviceType.CPU)))
            _firstBad = full([], Scalars.Of(double.PositiveInfinity), float64, state.Device).DetachFromDisposeScope();
    }

    /// <summary>Whether bad steps are left out instead of ending the run.</summary>
    public bool Skips { get; }

    /// <summary>To be asked between the backward pass and the update.</summary>
    /// <returns>Whether the update may be made; false where the step is to be left out.</returns>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is not a number, and the run ends.</exception>
    public bool Allows(Tensor loss)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var step = _state.Step + 1;
        if (_firstBad is not null)
        {
            var finite = loss.isfinite().logical_and(_state.Optimizer.GradientLength().isfinite());
            var mark = where(finite, full_like(_firstBad, Scalars.Of(double.PositiveInfinity)),
            full_like(_firstBad, Scalars.Of(step)));
            _firstBad.copy_(minimum(_firstBad, mark));
            return true;
        }
        var bad = !double.IsFinite(loss.to(float64).item<double>()) ? "loss"
            : !double.IsFinite(_state.Optimizer.GradientNorm()) ? "gradient"
            : null;
        if (bad is null)
        {
            _state.SkippedInRow = 0;
            return true;
        }
        if (!Skips) throw Stop(bad, step);
        LeaveOut(bad, step);
        return false;
    }

    /// <summary>To be asked before figures are logged and states saved.</summary>
    /// <exception cref="TrainingDivergedException">A loss or a gradient was not a number.</exception>
    public void Check()
    {
        if (_firstBad is null) return;
        using var onHost = _firstBad.cpu();
        if (onHost.item<double>() is var step && double.IsFinite(step)) throw Stop("loss or the gradient", (long)step);
    }

    public void Dispose() => _firstBad?.Dispose();

    private void LeaveOut(string bad, int step)
    {
        _state.SkippedInRow++;
        _state.SkippedSteps++;
        if (_state.SkippedInRow > MaxInARow)
            throw new TrainingDivergedException(
                $"{MaxInARow} steps in a row were left out, and at step {step} the {bad} is not a number again. {LastState()}; "
                + $"{Advice()}.")
            {
                Named = [.. Advised],
            };
        // Not more lines than anyone reads.
        if (_state.SkippedSteps <= 10 || _state.SkippedSteps % 100 == 0)
            _logger?.StepLeftOut(step, bad, _state.SkippedSteps);
    }

    private TrainingDivergedException Stop(string bad, long step) => new(
        $"The {bad} is not a number any more at step {step} (epoch {_state.Epoch + 1}). {LastState()}; {Advice()}, or leave such "
        + (_state.LastSaved is null
            ? $"steps out with {nameof(PretrainingOptions.NonFinite)} skip."
            : $"steps out: \"non_finite\": \"skip\" in config.json, then {RunFolder.Resuming}."))
    {
        Named = [.. Advised, _state.LastSaved is null ? nameof(PretrainingOptions.NonFinite) : RunFolder.Resuming],
    };

    private string LastState() => _state.LastSaved is { } saved
        ? $"The last good state, of step {saved}, is kept"
        : "There was no state to keep yet";

    // The properties that the advice names.
    private static string[] Advised => [nameof(ScheduleOptions.LearningRate), nameof(ScheduleOptions.WarmupEpochs)];

    private string Advice() =>
        $"try a lower {nameof(ScheduleOptions.LearningRate)} than {_options.Schedule.LearningRate} or more "
        + $"{nameof(ScheduleOptions.WarmupEpochs)} than {_options.Schedule.WarmupEpochs}";
}
