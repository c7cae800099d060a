using SimClr.Runs;
using SimClr.Training;

namespace SimClr.CrashLab;

/// <summary>Memory and open handles of a run, early and late.</summary>
/// <param name="ResidentEarly">Bytes after 200 steps.</param>
/// <param name="ResidentLate">Bytes after 2,000 steps.</param>
/// <param name="HandlesEarly">Open files after 200 steps.</param>
/// <param name="HandlesLate">Open files after 2,000 steps.</param>
internal sealed record SteadyTrial(long ResidentEarly, long ResidentLate, int HandlesEarly, int HandlesLate)
{
    private const int Early = 200, Late = 2000;

    /// <summary>The growth of resident memory, as a fraction.</summary>
    public double Growth => ResidentLate / (double)ResidentEarly - 1;

    /// <summary>Trains 2,000 steps in this process.</summary>
    public static SteadyTrial Run(Experiment experiment)
    {
        var seen = new Dictionary<int, (long Resident, int Handles)>();
        var options = experiment.Options with
        {
            Schedule = experiment.Options.Schedule with { Epochs = Late / 10 },
            CheckpointSteps = 50,
        };
        Pretrainer.Run(options, Experiment.Data, experiment.At("steady"), new Looks(seen));
        return new(seen[Early].Resident, seen[Late].Resident, seen[Early].Handles, seen[Late].Handles);
    }

    private sealed class Looks(Dictionary<int, (long, int)> seen) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value)
        {
            if (value.Step is not (Early or Late)) return;
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            seen[(int)value.Step] = (process.WorkingSet64, Directory.GetFiles("/proc/self/fd").Length);
        }
    }
}
