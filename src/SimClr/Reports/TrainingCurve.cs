namespace SimClr.Reports;

/// <summary>The course of a run as few enough points to draw, over epochs.</summary>
/// <param name="Epochs">Epochs done at each point, fractional.</param>
/// <param name="Loss">NT-Xent, nats.</param>
/// <param name="Found">Contrastive accuracy, 0..1.</param>
/// <param name="ChanceLoss">ln(2N−1).</param>
internal sealed record TrainingCurve(double[] Epochs, double[] Loss, double[] Found, double ChanceLoss)
{
    private const int Most = 300;

    /// <summary>Whether there is enough to draw a line.</summary>
    public bool CanBeDrawn => Epochs.Length >= 2;

    /// <summary>The accuracy of guessing which view is the partner, 1/(2N−1).</summary>
    public double ChanceFound => Math.Exp(-ChanceLoss);

    /// <summary>Averages neighbouring lines of the metrics until few enough are left.</summary>
    public static TrainingCurve Of(RunRecord record)
    {
        var points = record.Metrics.Where(p => IsNumber(p.Loss) && IsNumber(p.ContrastiveTop1)).ToArray();
        var batch = record.Config.Options.BatchSize;
        var stepsPerEpoch = record.Summary is { Epochs: > 0, Steps: > 0 } summary
            ? (double)summary.Steps / summary.Epochs
            : Math.Max(1, record.Config.DataCount / batch);
        var count = Math.Min(Most, points.Length);
        var parts = Enumerable.Range(0, count)
            .Select(i => points[(i * points.Length / count)..((i + 1) * points.Length / count)]).ToArray();
        return new TrainingCurve(
            [.. parts.Select(part => part.Average(p => p.Step) / stepsPerEpoch)],
            [.. parts.Select(part => part.Average(p => p.Loss!.Value))],
            [.. parts.Select(part => part.Average(p => p.ContrastiveTop1!.Value))],
            record.ChanceLoss);
    }

    private static bool IsNumber(double? value) => value is { } number && double.IsFinite(number);
}
