using SimClr.Runs;

namespace SimClr.Reporting;

/// <summary>Says in words whether a run was long enough.</summary>
public static class OutlookWords
{
    /// <summary>The sentences; none where the run has too few figures to tell.</summary>
    /// <param name="outlook">The judgment.</param>
    public static IEnumerable<string> Of(RunOutlook outlook)
    {
        ArgumentNullException.ThrowIfNull(outlook);
        if (outlook.KnnAtHalf is { } half && outlook.KnnAtEnd is { } end)
        {
            yield return $"Nearest neighbors were right for {ReportText.Percent(half)} of the images half-way and for "
                + $"{ReportText.Percent(end)} at the end"
                + (outlook.KnnStillRises == true ? ", and still improved: a longer run is better." : ": they improve no more.");
            if (outlook.KnnAfterTenfold is { } tenfold)
                yield return $"Ten times the minutes might bring them to {ReportText.Percent(tenfold)}, if they go on as in the "
                    + "second half.";
        }
        if (outlook.LossStillFalls is { } falls)
            yield return falls ? "The loss still fell in the last quarter." : "The loss hardly fell in the last quarter.";
    }
}
