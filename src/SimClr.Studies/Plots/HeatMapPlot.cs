using System.Globalization;
using ScottPlot;
using ScottPlot.Colormaps;

namespace SimClr.Studies;

/// <summary>
/// A matrix of colored numbers, rows from the top, with the average of each complete row at its end (Figure 5).
/// </summary>
internal static class HeatMapPlot
{
    private const double Gap = 0.15;

    public static byte[] Png(StudyResult result)
    {
        var rows = result.Study.Cells.Select(cell => cell.Row).Distinct()
            .Where(label => result.Cells.Any(cell => cell.Row == label || cell.Column == label)).ToList();
        var columns = result.Study.Cells.Select(cell => cell.Column).Distinct().Where(rows.Contains).ToList();
        var values = Values(result, rows, columns);
        var known = values.Cast<double>().Where(double.IsFinite).ToList();
        var (low, high) = (known.Min(), Math.Max(known.Max(), known.Min() + 1));

        var plot = new Plot();
        var map = plot.Add.Heatmap(values);
        map.Colormap = new Viridis();
        map.ManualRange = new ScottPlot.Range(low, high);
        map.NaNCellColor = Colors.White;
        plot.Add.ColorBar(map).Label = "linear top-1 (%)";
        for (var i = 0; i < rows.Count; i++)
        {
            var y = rows.Count - 1 - i;
            var row = Enumerable.Range(0, columns.Count).Select(j => values[i, j]).ToList();
            for (var j = 0; j < columns.Count; j++) Number(plot, j, y, row[j], (row[j] - low) / (high - low));
            var average = row.Average();
            if (!double.IsFinite(average)) continue;
            var x = columns.Count + Gap;
            var shade = (average - low) / (high - low);
            var box = plot.Add.Rectangle(x - 0.5, x + 0.5, y - 0.5, y + 0.5);
            (box.FillColor, box.LineWidth) = (map.Colormap.GetColor(shade), 0);
            Number(plot, x, y, average, shade);
        }
        plot.Axes.Left.SetTicks([.. rows.Select((_, i) => (double)(rows.Count - 1 - i))], [.. rows]);
        plot.Axes.Bottom.SetTicks(
            [.. columns.Select((_, j) => (double)j), columns.Count + Gap], [.. columns, "Average"]);
        plot.Axes.Left.MajorTickStyle.Length = plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.SetLimits(-0.5, columns.Count + Gap + 0.5, -0.5, rows.Count - 0.5);
        plot.HideGrid();
        plot.XLabel(result.Study.ColumnName);
        plot.YLabel(result.Study.RowName);
        PlotStyle.Title(plot, $"{result.Study.Title}, {result.DataName}");
        PlotStyle.Finish(plot);
        return plot.GetImageBytes(260 + 80 * (columns.Count + 1), 160 + 62 * rows.Count, ImageFormat.Png);
    }

    // In percent, [rows, columns]. Where only the other order of a pair exists, that one is shown.
    internal static double[,] Values(StudyResult result, IReadOnlyList<string> rows, IReadOnlyList<string> columns)
    {
        var isRun = result.Study.Cells.Select(cell => (cell.Row, cell.Column)).ToHashSet();
        var means = result.Cells.Where(cell => cell.Linear is not null)
            .ToDictionary(cell => (cell.Row, cell.Column), cell => 100 * cell.Linear!.Mean);
        var values = new double[rows.Count, columns.Count];
        for (var i = 0; i < rows.Count; i++)
            for (var j = 0; j < columns.Count; j++)
            {
                var place = isRun.Contains((rows[i], columns[j])) ? (rows[i], columns[j]) : (columns[j], rows[i]);
                values[i, j] = means.GetValueOrDefault(place, double.NaN);
            }
        return values;
    }

    private static void Number(Plot plot, double x, double y, double value, double shade)
    {
        if (!double.IsFinite(value)) return;
        var text = plot.Add.Text(value.ToString("0.0", CultureInfo.InvariantCulture), x, y);
        text.LabelAlignment = Alignment.MiddleCenter;
        text.LabelFontSize = 14;
        text.LabelFontColor = shade > 0.6 ? Colors.Black : Colors.White;
    }
}
