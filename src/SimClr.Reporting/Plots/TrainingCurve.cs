using SimClr.Runs;

namespace SimClr.Reporting;

/// <summary>The course of a run as few enough points to draw, over epochs.</summary>
/// <param name="Epochs">Epochs done at each point, fractional.</param>
/// <param name="Loss">The loss, nats.</param>
/// <param name="Found">Contrastive accuracy, 0..1.</param>
/// <param name="ChanceLoss">The loss when all views look alike, or null.</param>
/// <param name="ChanceFound">The accuracy of guessing which view is the partner.</param>
internal sealed record TrainingCurve(double[] Epochs, double[] Loss, double[] Found, double? ChanceLoss, double ChanceFound)
{
    private const int Max = 300;

    /// <summary>Lines of the metrics that make up a point, for each point.</summary>
    private TrainingMetrics[][] Parts { get; init; } = [];

    /// <summary>Whether there is enough to draw a line.</summary>
    public bool CanBeDrawn => Epochs.Length >= 2;

    /// <summary>Averages neighboring lines of the metrics until few enough are left.</summary>
    public static TrainingCurve Of(RunRecord record)
    {
        var points = record.Metrics.Where(p => IsNumber(p.Loss) && IsNumber(p.ContrastiveTop1)).ToArray();
        var count = Math.Min(Max, points.Length);
        var parts = Enumerable.Range(0, count)
            .Select(i => points[(i * points.Length / count)..((i + 1) * points.Length / count)]).ToArray();
        return new TrainingCurve(
            [.. parts.Select(part => part.Average(p => p.Step) / record.StepsPerEpoch)],
            [.. parts.Select(part => part.Average(p => p.Loss!.Value))],
            [.. parts.Select(part => part.Average(p => p.ContrastiveTop1!.Value))],
            record.ChanceLoss, record.ChanceTop1)
        {
            Parts = parts,
        };
    }

    /// <summary>Another figure of the lines, where there are any with it: epochs and values.</summary>
    public (double[] Epochs, double[] Values) Of(Func<TrainingMetrics, double?> figure)
    {
        var means = Parts.Select(part => part.Select(figure).Where(IsNumber).Average()).ToArray(); // null where none has it
        var there = Enumerable.Range(0, means.Length).Where(i => means[i] is not null).ToArray();
        return ([.. there.Select(i => Epochs[i])], [.. there.Select(i => means[i]!.Value)]);
    }

    private static bool IsNumber(double? value) => value is { } number && double.IsFinite(number);
}
