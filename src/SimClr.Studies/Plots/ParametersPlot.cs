using ScottPlot;

namespace SimClr.Studies;

/// <summary>Accuracy against the number of the encoder's parameters, a point for each cell with its name (Figure 7).</summary>
internal static class ParametersPlot
{
    public static byte[] Png(StudyResult result)
    {
        var plot = new Plot();
        var points = result.Cells.Where(cell => cell.Linear is not null)
            .Select(cell => (Cell: cell, X: cell.Runs[0].Parameters / 1e6, Y: 100 * cell.Linear!.Mean)).ToList();
        var widths = points.Select(point => point.Cell.Column).Distinct().ToList();
        foreach (var (cell, x, y) in points)
        {
            var color = PlotStyle.Series(widths.IndexOf(cell.Column), widths.Count);
            if (cell.Linear!.Deviation is { } deviation)
            {
                var bar = plot.Add.ErrorBar([x], [y], [100 * deviation]);
                (bar.LineColor, bar.LineWidth) = (PlotStyle.Gray, 1.5f);
            }
            plot.Add.Marker(x, y, MarkerShape.FilledCircle, 9, color);
            var name = plot.Add.Text($"{cell.Row.Replace("ResNet-", "R", StringComparison.Ordinal)} ({cell.Column})", x, y);
            (name.LabelFontSize, name.OffsetX, name.OffsetY) = (12, 7, 7);
            name.LabelFontColor = PlotStyle.Ink;
        }
        plot.XLabel("parameters of the encoder (millions)");
        plot.YLabel("linear top-1 (%)");
        PlotStyle.Title(plot, $"{result.Study.Title}, {result.DataName}");
        var (low, high) = (points.Min(point => point.Y), points.Max(point => point.Y));
        var space = Math.Max(1, high - low);
        var right = points.Max(point => point.X);
        plot.Axes.SetLimits(-0.05 * right, 1.2 * right, low - 0.2 * space, high + 0.2 * space);
        PlotStyle.Finish(plot);
        return plot.GetImageBytes(800, 560, ImageFormat.Png);
    }
}
