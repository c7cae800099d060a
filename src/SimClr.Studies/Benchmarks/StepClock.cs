using System.Diagnostics;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>Adds up where the time of a training step goes; waits for the device whenever a part ends.</summary>
internal sealed class StepClock(Device device)
{
    private readonly double[] _milliseconds = new double[Enum.GetValues<StepPhase>().Length];
    private long _since;

    /// <summary>A new step: all parts are at 0, and the first begins now.</summary>
    public void Begin()
    {
        Array.Clear(_milliseconds);
        _since = Stopwatch.GetTimestamp();
    }

    /// <summary>The time since the last part's end was this part's; a step may come back to a part.</summary>
    public void EndPart(StepPhase part)
    {
        Timing.Synchronize(device);
        var now = Stopwatch.GetTimestamp();
        _milliseconds[(int)part] += Stopwatch.GetElapsedTime(_since, now).TotalMilliseconds;
        _since = now;
    }

    /// <summary>The parts so far.</summary>
    public StepParts Parts => new(Of(StepPhase.Data), Of(StepPhase.Forward), Of(StepPhase.Loss), Of(StepPhase.Backward),
        Of(StepPhase.Optimizer));

    private double Of(StepPhase part) => _milliseconds[(int)part];
}
