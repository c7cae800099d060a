using ScottPlot;
using SimClr.Images;

namespace SimClr.Studies.Plots;

/// <summary>Crops and under each its histogram, a pair of rows for each picture: left without, right with distortion (Figure 6).</summary>
internal static class HistogramsPlot
{
    private const int CellWidth = 150, CellHeight = 130;

    public static void Write(string path, IReadOnlyList<(List<RgbImage> Without, List<RgbImage> With)> pictures)
    {
        var columns = pictures[0].Without.Count + pictures[0].With.Count;
        var rows = pictures.Select(picture => picture.Without.Concat(picture.With).ToList()).ToList();
        var histograms = rows.ConvertAll(row => row.ConvertAll(IntensityHistogram.Of));
        var highest = histograms.SelectMany(row => row).Max(shares => shares.Max());

        var plots = new Multiplot();
        plots.AddPlots(2 * rows.Count * columns);
        plots.Layout = new ScottPlot.MultiplotLayouts.Grid(2 * rows.Count, columns);
        for (var row = 0; row < rows.Count; row++)
            for (var column = 0; column < columns; column++)
            {
                var heading = column < pictures[0].Without.Count ? "crop" : "crop, colour";
                Picture(plots.GetPlot(2 * row * columns + column), rows[row][column], row == 0 ? heading : "");
                Histogram(plots.GetPlot((2 * row + 1) * columns + column), histograms[row][column], highest,
                    column < pictures[0].Without.Count ? 0 : 1);
            }
        plots.SavePng(path, CellWidth * columns, CellHeight * 2 * rows.Count);
    }

    private static void Picture(Plot plot, RgbImage picture, string heading)
    {
        plot.Add.ImageRect(new Image(ImageCodec.EncodePng(picture)), new CoordinateRect(0, 1, 0, 1));
        plot.Axes.SquareUnits();
        plot.Axes.SetLimits(0, 1, 0, 1);
        plot.Layout.Frameless();
        plot.HideGrid();
        if (heading == "") return;
        var text = plot.Add.Annotation(heading, Alignment.UpperCenter);
        (text.LabelFontSize, text.LabelShadowColor) = (12, Colors.Transparent);
        if (PlotStyle.Font is { } font) text.LabelFontName = font;
    }

    private static void Histogram(Plot plot, double[] shares, double highest, int series)
    {
        var bars = shares.Select((share, i) => new Bar
        {
            Position = (i + 0.5) * 256 / shares.Length,
            Value = share,
            Size = 256.0 / shares.Length,
            FillColor = PlotStyle.Distinct[series],
            LineWidth = 0,
        });
        plot.Add.Bars(bars.ToList());
        plot.Axes.Bottom.SetTicks([0, 128, 255], ["0", "128", "255"]);
        plot.Axes.Left.SetTicks([], []);
        plot.Axes.SetLimits(0, 256, 0, 1.05 * highest);
        plot.HideGrid();
        PlotStyle.Finish(plot);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 10;
    }
}
