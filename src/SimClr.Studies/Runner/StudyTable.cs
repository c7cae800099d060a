using System.Globalization;

namespace SimClr.Studies;

/// <summary>A study's figures next to the paper's, as words in rows and columns; accuracies in percent.</summary>
/// <param name="Headings">The headings of the columns.</param>
/// <param name="Rows">A row for each cell, as long as the headings.</param>
public sealed record StudyTable(IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const string Nothing = "–";

    /// <summary>The table of a result.</summary>
    public static StudyTable Of(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var cells = result.Cells;
        var unchanged = cells.FirstOrDefault(cell => cell.Cell.Key == result.Study.Base);
        var columns = new List<(string Heading, bool Wanted, Func<CellResult, string> Text)>
        {
            ("", cells.Any(cell => cell.Panel != ""), cell => cell.Panel),
            (result.Study.RowName, cells.Any(cell => cell.Row != ""), cell => cell.Row),
            (result.Study.ColumnName, true, cell => cell.Column),
            ("runs", true, cell => cell.Runs.Count + (cell.Diverged.Count > 0 ? $" ({cell.Diverged.Count} diverged)" : "")),
            ("linear top-1", true, cell => Percent(cell.Linear)),
            ("paper's", cells.Any(cell => cell.Cell.Paper is not null), cell => Percent(cell.Cell.Paper?.Top1)),
            ("kNN top-1", true, cell => Percent(cell.Knn)),
            ("z, linear", cells.Any(cell => cell.Projection is not null), cell => Percent(cell.Projection)),
            ("effect, linear", unchanged is not null, cell => Effect(cell.Linear, unchanged?.Linear)),
            ("effect, kNN", unchanged is not null, cell => Effect(cell.Knn, unchanged?.Knn)),
            ("minutes", unchanged is not null, cell => Minutes(cell.Of(run => run.Seconds))),
            ("pairs found", true, cell => Percent(cell.ContrastiveTop1)),
            ("paper's", cells.Any(Finds), cell => Percent(cell.Cell.Paper?.ContrastiveTop1)),
            ("entropy", cells.Any(cell => cell.Entropy is not null),
                cell => cell.Entropy?.Mean.ToString("0.0", CultureInfo.InvariantCulture) ?? Nothing),
            ("paper's", cells.Any(cell => cell.Cell.Paper?.Entropy is not null),
                cell => cell.Cell.Paper?.Entropy?.ToString("0.0", CultureInfo.InvariantCulture) ?? Nothing),
        };
        columns.RemoveAll(column => !column.Wanted);
        return new StudyTable([.. columns.Select(column => column.Heading)],
            [.. cells.Select(cell => (IReadOnlyList<string>)[.. columns.Select(column => column.Text(cell))])]);
    }

    /// <summary>The scales of both, and how far the orders agree.</summary>
    public static IEnumerable<string> Notes(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        yield return $"Here: {result.Scale}; {result.Finished} of {result.Wanted} runs finished.";
        if (result.Cells.Any(cell => cell.Cell.Paper is not null))
        {
            yield return $"The paper: {result.Study.PaperScale}. Compare the order, not the numbers.";
            var order = PaperOrder.Of(result);
            if (order.Pairs > 0)
                yield return $"{order.Agreeing} of {order.Pairs} pairs of cells stand in the paper's order (linear top-1).";
        }
        if (result.Baselines is { } baselines)
            yield return $"For comparison, linear top-1: raw pixels {Percent(baselines.RawPixels)}, "
                + $"an encoder with random weights {Percent(baselines.RandomEncoder)}.";
    }

    private static bool Finds(CellResult cell) => cell.Cell.Paper?.ContrastiveTop1 is not null;

    // In points, with a sign.
    private static string Effect(Spread? spread, Spread? unchanged) => spread is null || unchanged is null
        ? Nothing
        : (100 * (spread.Mean - unchanged.Mean)).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string Minutes(Spread? seconds) =>
        seconds is null ? Nothing : (seconds.Mean / 60).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Mean and, over several seeds, deviation in percent.</summary>
    internal static string Percent(Spread? spread) => spread switch
    {
        null => Nothing,
        { Deviation: { } deviation } => string.Create(
            CultureInfo.InvariantCulture, $"{100 * spread.Mean:0.0} ± {100 * deviation:0.0}"),
        _ => Percent(spread.Mean),
    };

    internal static string Percent(double? share) =>
        share is { } value ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) : Nothing;
}
