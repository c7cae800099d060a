using System.Diagnostics;

namespace SimClr.Studies;

/// <summary>The time of a piece of work on a processor.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="ProcessorSeconds">Of all threads of the process.</param>
internal readonly record struct Lap(double Seconds, double ProcessorSeconds)
{
    /// <summary>Measures a piece of work.</summary>
    /// <param name="action">The work.</param>
    /// <param name="parts">The number of equal parts, each of which has its share of the time.</param>
    public static Lap Of(Action action, int parts = 1)
    {
        var (begun, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return new(seconds / parts, (Environment.CpuUsage.TotalTime - processor).TotalSeconds / parts);
    }
}
