using System.Globalization;
using ScottPlot;
using SimClr.Images;

namespace SimClr.Studies;

/// <summary>
/// Bars with the deviation over seeds: columns along the axis, a color for each row; the paper's figures next to them in the
/// same form, with an axis of their own.
/// </summary>
internal static class BarsPlot
{
    private const double GroupWidth = 0.8;
    private const int Height = 440;

    private readonly record struct Bars(string Title, Func<CellResult, Spread?> Figure, IReadOnlyList<CellResult> Cells);

    public static byte[] Png(StudyResult result)
    {
        var panels = Panels(result).ToList();
        var rows = result.Study.Cells.Select(cell => cell.Row).Distinct().Count();
        var plots = new Multiplot();
        plots.AddPlots(panels.Count);
        var parts = panels.Select(panel => panel.Cells[0].Panel).Distinct().Count();
        plots.Layout = new ScottPlot.MultiplotLayouts.Grid(rows: parts, columns: panels.Count / parts);
        for (var i = 0; i < panels.Count; i++) Draw(plots.GetPlot(i), result, panels[i]);
        var columns = result.Cells.Select(cell => cell.Column).Distinct().Count();
        var width = Math.Clamp(140 + columns * Math.Max(110, 30 * rows), 480, 800);
        return plots.Render(width * panels.Count / parts, Height * parts).GetImageBytes(ImageFormat.Png);
    }

    private static IEnumerable<Bars> Panels(StudyResult result)
    {
        var hasPaper = result.Cells.Any(cell => cell.Cell.Paper is not null);
        foreach (var part in result.Cells.GroupBy(cell => cell.Panel))
        {
            var title = part.Key == "" ? "" : $", {part.Key}";
            yield return new Bars(result.DataName + title, cell => cell.Linear, [.. part]);
            if (hasPaper) yield return new Bars("the paper (ImageNet)" + title, Paper, [.. part]);
        }
    }

    private static Spread? Paper(CellResult cell) => cell.Cell.Paper is { } paper ? new(paper.Top1, null, 1) : null;

    private static void Draw(Plot plot, StudyResult result, Bars panel)
    {
        var columns = panel.Cells.Select(cell => cell.Column).Distinct().ToList();
        var rows = panel.Cells.Select(cell => cell.Row).Distinct().ToList();
        // Rows that share no column take no place from each other.
        var isAlone = panel.Cells.GroupBy(cell => cell.Column).All(column => column.DistinctBy(cell => cell.Row).Count() == 1);
        var width = isAlone ? GroupWidth : GroupWidth / rows.Count;
        foreach (var (row, index) in rows.Select((row, index) => (row, index)))
        {
            var bars = new List<Bar>();
            foreach (var cell in panel.Cells.Where(cell => cell.Row == row))
            {
                if (panel.Figure(cell) is not { } figure) continue;
                var place = isAlone ? 0 : index - (rows.Count - 1) / 2.0;
                bars.Add(new Bar
                {
                    Position = columns.IndexOf(cell.Column) + place * width,
                    Value = 100 * figure.Mean,
                    Error = 100 * (figure.Deviation ?? 0),
                    Size = 0.92 * width,
                    FillColor = PlotStyle.Series(index, rows.Count),
                    LineWidth = 1.5f,
                    LineColor = PlotStyle.Ink,
                });
            }
            if (bars.Count == 0) continue;
            var plotted = plot.Add.Bars(bars);
            if (rows.Count <= PlotStyle.Distinct.Count) foreach (var bar in bars) Number(plot, bar);
            plotted.LegendText = row == "" ? "" : $"{result.Study.RowName} {row}";
        }
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, columns.Count).Select(i => (double)i)], [.. columns.Select(TwoLines)]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.XLabel(result.Study.ColumnName);
        plot.YLabel("linear top-1 (%)");
        PlotStyle.Title(plot, panel.Title);
        Limits(plot, panel, columns.Count);
        PlotStyle.Finish(plot);
        if (rows.Count > 1 && InstalledFont.Family is not null)
        {
            plot.Legend.Orientation = Orientation.Horizontal;
            plot.Legend.FontSize = 11;
            plot.ShowLegend(Alignment.UpperCenter, Orientation.Horizontal);
        }
    }

    private static void Number(Plot plot, Bar bar)
    {
        var text = plot.Add.Text(bar.Value.ToString("0.0", CultureInfo.InvariantCulture), bar.Position, bar.Value + bar.Error);
        (text.LabelAlignment, text.LabelFontSize, text.OffsetY) = (Alignment.LowerCenter, 11, -2);
        text.LabelFontColor = PlotStyle.Ink;
    }

    // Differences would not be seen from zero; the axis begins somewhat below the lowest bar.
    private static void Limits(Plot plot, Bars panel, int columns)
    {
        var figures = panel.Cells.Select(panel.Figure).OfType<Spread>().ToList();
        if (figures.Count == 0) return;
        var low = 100 * figures.Min(f => f.Mean - (f.Deviation ?? 0));
        var high = 100 * figures.Max(f => f.Mean + (f.Deviation ?? 0));
        var space = Math.Max(1, high - low);
        plot.Axes.SetLimits(-0.6, columns - 0.4, Math.Max(0, low - 0.4 * space), high + 0.35 * space);
    }

    // Text in brackets goes to a second line, so that neighbors do not overlap.
    private static string TwoLines(string name) => name.Replace(" (", "\n(", StringComparison.Ordinal);
}
