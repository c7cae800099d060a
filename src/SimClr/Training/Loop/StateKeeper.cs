using System.Diagnostics;
using SimClr.Files;
using SimClr.Runs;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// Saves a run's state when it is due, and measures the time of saving. Durations come from a monotonic clock.
/// </summary>
internal sealed class StateKeeper
{
    private readonly RunFolder _run;
    private readonly RunConfig _config;
    private readonly TrainingState _state;
    private readonly MetricsLog _metrics;
    private readonly NonFiniteGuard _guard;
    private readonly CheckpointStore _store;
    private long _lastSaved = Stopwatch.GetTimestamp();

    public StateKeeper(RunFolder run, RunConfig config, TrainingState state, MetricsLog metrics, NonFiniteGuard guard)
    {
        (_run, _config, _state, _metrics, _guard) = (run, config, state, metrics, guard);
        _store = new CheckpointStore(run.Checkpoints);
    }

    /// <summary>Makes sure that states and weights will find room.</summary>
    /// <exception cref="RunFolderException">They will not, or the folder cannot be written.</exception>
    public void RequireSpace()
    {
        var one = _state.Tensors().Sum(t => BytesOf(t.Tensor));
        var weights = _state.Model.state_dict().Values.Sum(BytesOf);
        // Those kept, and one more while it is written; some may be there already.
        var states = Math.Max(1, _store.Keep + 1 - _store.Count);
        var needed = states * one + weights;
        var words = $"{Megabytes(needed)} for {states} checkpoint{(states > 1 ? "s" : "")} and the weights";
        if (DiskSpace.Free(_run.Path) is { } free && free < needed)
            throw new RunFolderException(
                $"The disk of {_run.Path} has {Megabytes(free)} free, and the run needs {words}; free space, or give another "
                + "folder.");
        try
        {
            DiskSpace.Try(_run.Path, needed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{_run.Path} cannot take {words}: {e.Message}", e);
        }
    }

    /// <summary>Whether a state is due within an epoch, by the number of steps or by the time since the last one.</summary>
    public bool IsDue =>
        (_config.Options.CheckpointSteps > 0 && _state.Step % _config.Options.CheckpointSteps == 0)
        || (_config.Options.CheckpointMinutes > 0
            && Stopwatch.GetElapsedTime(_lastSaved).TotalMinutes >= _config.Options.CheckpointMinutes);

    /// <summary>Whether the settings want a state at the end of an epoch that was just closed.</summary>
    public bool IsDueAfterEpoch =>
        IsDue || _state.Epoch % _config.Options.CheckpointEpochs == 0 || _state.Epoch == _config.Options.Schedule.Epochs;

    /// <summary>Saves the state.</summary>
    /// <exception cref="CheckpointException">It cannot be written; earlier ones are intact.</exception>
    /// <exception cref="TrainingDivergedException">It is not worth keeping.</exception>
    public void Save()
    {
        _guard.Check();
        _metrics.Flush(); // no state without the lines that lead to it
        var begun = Stopwatch.GetTimestamp();
        _state.Save(_store, _config.DataFingerprint);
        _lastSaved = Stopwatch.GetTimestamp();
        _state.CheckpointSeconds += Stopwatch.GetElapsedTime(begun, _lastSaved).TotalSeconds;
        _state.CheckpointCount++;
    }

    private static long BytesOf(Tensor tensor) => tensor.NumberOfElements * tensor.ElementSize;

    private static string Megabytes(long bytes) => $"{Math.Ceiling(bytes / 1e6):N0} MB";
}
