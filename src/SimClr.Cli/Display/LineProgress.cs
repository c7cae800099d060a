using System.Diagnostics;
using SimClr.Runs;

namespace SimClr.Cli.Display;

/// <summary>
/// Progress as plain lines, where nobody watches a terminal: one when an epoch begins and one now and then within long epochs.
/// </summary>
internal sealed class LineProgress(Action<string> write) : IProgress<TrainingMetrics>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Lines before the first: what fails at once fails with one line.</summary>
    public IReadOnlyList<string> First { get; init; } = [];

    private long _written;
    private int _epoch;

    public void Report(TrainingMetrics value)
    {
        var since = _written == 0 ? TimeSpan.MaxValue : Stopwatch.GetElapsedTime(_written);
        var due = value.Epoch != _epoch ? since >= Shortest : since >= Longest;
        if (!due && value.Step != value.TotalSteps && value.KnnTop1 is null) return;
        if (_written == 0)
            foreach (var line in First) write(line);
        (_written, _epoch) = (Stopwatch.GetTimestamp(), value.Epoch);
        write(Line(value));
    }

    internal static string Line(TrainingMetrics p) =>
        $"epoch {p.Epoch}/{p.Epochs} step {p.Step}/{p.TotalSteps} loss {p.Loss:0.000}{Numbers.Chance(p.ChanceLoss)} "
        + $"pairs found {Numbers.Percent(p.ContrastiveTop1 ?? 0)} {Classes(p)}lr {p.LearningRate:0.####} "
        + $"{Numbers.Count(p.ViewsPerSecond ?? 0)} views/s {Numbers.Duration(p.Remaining)} left";

    private static string Classes(TrainingMetrics p) =>
        (p.OnlineTop1 is { } top1 ? $"classes named {Numbers.Percent(top1)} " : "")
        + (p.KnnTop1 is { } knn ? $"kNN {Numbers.Percent(knn)} " : "");
}
