using ScottPlot;
using SimClr.Files;
using SimClr.Images;

namespace SimClr.Studies;

/// <summary>Precision over recall, a line for each representation.</summary>
internal static class DuplicatePlot
{
    private static readonly Color[] Colors =
        [new(0x2F, 0x6F, 0xD8), new(0xB0, 0x46, 0x8E), new(0x88, 0x88, 0x88), new(0xE0, 0x8A, 0x1E), new(0xC4, 0x4E, 0x52),
            new(0x3A, 0x9D, 0x5D)];

    // With a check, one line says enough.
    private const int MaxLines = 6;

    /// <summary>Writes a PNG file.</summary>
    public static void Write(string path, string title, IReadOnlyList<(string Name, DuplicateCurve Curve)> curves)
    {
        var plot = new Plot();
        foreach (var (curve, color) in curves.Take(MaxLines).Zip(Colors))
        {
            var points = curve.Curve.Points.ToList();
            if (points.Count == 0) continue;
            var line = plot.Add.ScatterLine(points.ConvertAll(p => 100 * p.Recall), points.ConvertAll(p => 100 * p.Precision),
                color);
            (line.LineWidth, line.LegendText) = (2, curve.Name);
        }
        plot.XLabel("recall of planted copies (%)");
        plot.YLabel("precision (%)");
        plot.Title(title, 15);
        plot.Axes.Title.Label.Bold = plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        if (InstalledFont.Family is { } family)
        {
            plot.Font.Set(family);
            plot.ShowLegend(Alignment.LowerLeft);
        }
        plot.Axes.SetLimits(0, 101, 0, 103);
        var bytes = plot.GetImageBytes(720, 480, ImageFormat.Png);
        AtomicFile.Write(path, bytes);
    }
}
