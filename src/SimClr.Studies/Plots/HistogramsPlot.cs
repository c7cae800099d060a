using ScottPlot;
using SimClr.Images;

namespace SimClr.Studies;

/// <summary>
/// Crops and under each its histogram, a pair of rows for each image: without distortion on the left, with it on the right
/// (Figure 6).
/// </summary>
internal static class HistogramsPlot
{
    private const int CellWidth = 150, CellHeight = 130;

    public static byte[] Png(IReadOnlyList<(List<RgbImage> Without, List<RgbImage> With)> images)
    {
        var columns = images[0].Without.Count + images[0].With.Count;
        var rows = images.Select(image => image.Without.Concat(image.With).ToList()).ToList();
        var histograms = rows.ConvertAll(row => row.ConvertAll(IntensityHistogram.Of));
        // One range for all, as in the paper. Distorted crops may be one color almost everywhere: such bars are cut off.
        var undistorted = histograms.SelectMany(row => row.Take(images[0].Without.Count));
        var highest = Math.Min(1, 2 * undistorted.Max(shares => shares.Max()));

        var plots = new Multiplot();
        plots.AddPlots(2 * rows.Count * columns);
        plots.Layout = new ScottPlot.MultiplotLayouts.Grid(2 * rows.Count, columns);
        for (var row = 0; row < rows.Count; row++)
            for (var column = 0; column < columns; column++)
            {
                AddImage(plots.GetPlot(2 * row * columns + column), rows[row][column]);
                Histogram(plots.GetPlot((2 * row + 1) * columns + column), histograms[row][column], highest,
                    isDistorted: column >= images[0].Without.Count);
            }
        return plots.Render(CellWidth * columns, CellHeight * 2 * rows.Count).GetImageBytes(ImageFormat.Png);
    }

    private static void AddImage(Plot plot, RgbImage image)
    {
        plot.Add.ImageRect(new Image(ImageCodec.EncodePng(image)), new CoordinateRect(0, 1, 0, 1));
        plot.Axes.SquareUnits();
        plot.Axes.SetLimits(0, 1, 0, 1);
        plot.Layout.Frameless();
        plot.HideGrid();
    }

    private static void Histogram(Plot plot, double[] shares, double highest, bool isDistorted)
    {
        var bars = shares.Select((share, i) => new Bar
        {
            Position = (i + 0.5) * 256 / shares.Length,
            Value = share,
            Size = 256.0 / shares.Length,
            FillColor = PlotStyle.Distinct[isDistorted ? 1 : 0],
            LineWidth = 0,
        });
        plot.Add.Bars(bars.ToList());
        plot.Axes.Bottom.SetTicks([0, 128, 255], ["0", "128", "255"]);
        plot.Axes.Left.SetTicks([], []);
        plot.Axes.SetLimits(0, 256, 0, 1.05 * highest);
        plot.HideGrid();
        var text = plot.Add.Annotation(isDistorted ? "crop, color" : "crop", Alignment.UpperRight);
        text.LabelFontSize = 11;
        text.LabelBackgroundColor = text.LabelBorderColor = text.LabelShadowColor = Colors.Transparent;
        PlotStyle.Finish(plot);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 10;
    }
}
