using System.Diagnostics;
using SimClr.Training;

namespace SimClr.Cli.Display;

/// <summary>The training of a classifier as lines: each on a terminal that shows the last, elsewhere one now and then.</summary>
internal sealed class ClassifierLines(IProgress<string> words, bool all) : IProgress<FineTuningProgress>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    private long _written;
    private string? _stage;

    public void Report(FineTuningProgress value)
    {
        var due = all || value.Stage != _stage || value.Epoch == value.Epochs || Stopwatch.GetElapsedTime(_written) >= Shortest;
        if (!due) return;
        (_written, _stage) = (Stopwatch.GetTimestamp(), value.Stage);
        words.Report(Line(value));
    }

    internal static string Line(FineTuningProgress p) => $"{p.Stage}: epoch {p.Epoch}/{p.Epochs} loss {p.Loss:0.000} "
        + $"right {Numbers.Percent(p.Top1)} of training views, {Numbers.Duration(p.Remaining)} left";
}
