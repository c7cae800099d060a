using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>
/// Whether a finished run was long enough, judged by its own figures: whether the loss still fell and nearest neighbors still
/// improved towards its end. Null where a figure is not there.
/// </summary>
public sealed record RunOutlook
{
    // A tenth of the lines is a mean that single steps do not move.
    private const double Window = 0.1, BeforeEnd = 0.25;

    // Of the whole fall of the loss. A cosine schedule ends in small steps, so that every loss flattens.
    private const double StillFalling = 0.02;

    // In accuracy: less than two looks at the same encoder may differ by.
    private const double StillRising = 0.005;

    private RunOutlook()
    {
    }

    /// <summary>How much the loss fell in the last quarter of the run, as a part of its whole fall.</summary>
    public double? LossFall { get; private init; }

    /// <summary>Whether the loss still fell.</summary>
    public bool? LossStillFalls => LossFall is { } fall ? fall > StillFalling : null;

    /// <summary>The accuracy of nearest neighbors, 0..1, at the measurement nearest to the middle of the run.</summary>
    public double? KnnAtHalf { get; private init; }

    /// <summary>The same at the end.</summary>
    public double? KnnAtEnd { get; private init; }

    /// <summary>Whether nearest neighbors still improved.</summary>
    public bool? KnnStillRises => KnnAtEnd - KnnAtHalf is { } rise ? rise > StillRising : null;

    /// <summary>
    /// The accuracy of nearest neighbors, 0..1, that a run of ten times the steps might reach: the log-odds of the accuracy go on
    /// with the logarithm of the steps as in the second half of this run. The end of a schedule helps any run, so this is more
    /// often too much than too little. Null where they did not rise.
    /// </summary>
    public double? KnnAfterTenfold { get; private init; }

    /// <summary>Judges a run.</summary>
    /// <param name="lines">Its logged figures, in order.</param>
    /// <param name="options">Its settings.</param>
    public static RunOutlook Of(IReadOnlyList<TrainingMetrics> lines, PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(options);
        var outlook = new RunOutlook { LossFall = FallOf(lines, options.Model.ImageSize) };
        var looks = lines.Where(line => line.KnnTop1 is > 0 and < 1).ToList();
        if (looks.Count < 2) return outlook;
        var (half, end) = (looks.MinBy(look => Math.Abs(look.Step - looks[^1].Step / 2.0))!, looks[^1]);
        if (half == end) return outlook;
        outlook = outlook with { KnnAtHalf = half.KnnTop1, KnnAtEnd = end.KnnTop1 };
        if (outlook.KnnStillRises != true) return outlook;
        var slope = (LogOdds(end.KnnTop1!.Value) - LogOdds(half.KnnTop1!.Value)) / Math.Log10((double)end.Step / half.Step);
        return outlook with { KnnAfterTenfold = 1 / (1 + Math.Exp(-(LogOdds(end.KnnTop1.Value) + slope))) };
    }

    private static double? FallOf(IReadOnlyList<TrainingMetrics> lines, ImageSizes sizes)
    {
        // Losses of views of different sides are not to be compared.
        var losses = lines.Select(line => line.Loss).OfType<double>().ToList();
        var ofLast = sizes.Stages[^1].Share;
        if (ofLast < BeforeEnd + Window) return null;
        losses.RemoveRange(0, (int)((1 - ofLast) * losses.Count));
        var window = (int)(Window * losses.Count);
        if (window == 0) return null;
        double MeanAt(int first) => losses.Skip(first).Take(window).Average();
        var end = MeanAt(losses.Count - window);
        var whole = MeanAt(0) - end;
        return whole > 0 ? (MeanAt((int)((1 - BeforeEnd) * losses.Count) - window) - end) / whole : null;
    }

    private static double LogOdds(double accuracy) => Math.Log(accuracy / (1 - accuracy));
}
