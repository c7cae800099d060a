using System.Globalization;
using ScottPlot;
using SimClr.Files;
using SimClr.Images;

namespace SimClr.Reporting;

/// <summary>
/// A confusion matrix as an image file: true classes in rows, predicted ones in columns, shades for the parts of a row.
/// </summary>
internal static class ConfusionPlot
{
    // More names and numbers than this cannot be read.
    private const int MaxNames = 40, MaxNumbers = 20;

    private const double DarkShade = 0.5, MinNumber = 0.005;

    // Pixels below the image, and what a letter of a slanted name takes of them.
    private const float BottomMargin = 40, SlantedLetter = 5;

    private static readonly Color Dark = new(0x1F, 0x4E, 0xA8), Ink = new(0x33, 0x33, 0x33);

    /// <summary>Draws the confusion of a result to a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="counts">How many images of class i were taken for class j.</param>
    /// <param name="names">The classes.</param>
    /// <param name="title">The title: the network and the data.</param>
    public static void Write(string path, IReadOnlyList<IReadOnlyList<int>> counts, IReadOnlyList<string> names, string title)
    {
        var plot = new Plot();
        var shares = Shares(counts);
        var map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.CustomInterpolated([Colors.White, Dark]);
        map.ManualRange = new ScottPlot.Range(0, 1);
        plot.HideGrid();
        plot.Axes.Margins(0, 0);
        if (InstalledFont.Family is { } family) plot.Font.Set(family); // without fonts the image has shades but no words
        Label(plot, names);
        plot.XLabel("predicted class");
        plot.YLabel("true class, % of its images");
        plot.Title(title, 16);
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = plot.Axes.Title.Label.Bold = false;
        if (counts.Count <= MaxNumbers) Number(plot, shares);
        var side = Math.Clamp(36 * counts.Count, 420, 1200);
        AtomicFile.Write(path, plot.GetImageBytes(side + 220, side + 180, ImageFormat.Png));
    }

    private static double[,] Shares(IReadOnlyList<IReadOnlyList<int>> counts)
    {
        var shares = new double[counts.Count, counts.Count];
        for (var i = 0; i < counts.Count; i++)
        {
            var sum = Math.Max(1, counts[i].Sum());
            for (var j = 0; j < counts.Count; j++) shares[i, j] = (double)counts[i][j] / sum;
        }
        return shares;
    }

    private static void Label(Plot plot, IReadOnlyList<string> names)
    {
        double[] places = names.Count <= MaxNames ? [.. Enumerable.Range(0, names.Count).Select(i => (double)i)] : [];
        plot.Axes.Bottom.SetTicks(places, [.. names.Take(places.Length)]);
        plot.Axes.Left.SetTicks([.. places.Select(i => names.Count - 1 - i)], [.. names.Take(places.Length)]);
        plot.Axes.Bottom.TickLabelStyle.Rotation = -45;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.UpperRight;
        if (places.Length > 0) plot.Axes.Bottom.MinimumSize = BottomMargin + SlantedLetter * names.Max(name => name.Length);
        plot.Axes.Bottom.MajorTickStyle.Length = plot.Axes.Left.MajorTickStyle.Length = 0;
    }

    /// <summary>Writes percentages into the cells.</summary>
    private static void Number(Plot plot, double[,] shares)
    {
        var classes = shares.GetLength(0);
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < classes; j++)
            {
                if (shares[i, j] < MinNumber) continue;
                var text = plot.Add.Text((100 * shares[i, j]).ToString("0", CultureInfo.InvariantCulture), j, classes - 1 - i);
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontColor = shares[i, j] > DarkShade ? Colors.White : Ink;
                text.LabelFontSize = 12;
            }
        }
    }
}
