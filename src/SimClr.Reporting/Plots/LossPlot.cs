using ScottPlot;
using SimClr.Files;
using SimClr.Images;

namespace SimClr.Reporting;

/// <summary>The curves as an image file, for slides and for places that show no HTML.</summary>
internal static class LossPlot
{
    private static readonly Color Blue = new(0x2F, 0x6F, 0xD8), Gray = new(0x88, 0x88, 0x88);

    /// <summary>Draws loss and contrastive accuracy with their chance levels to a PNG file.</summary>
    public static void Write(string path, TrainingCurve curve)
    {
        var plots = new Multiplot();
        plots.AddPlots(2);
        Panel(plots.GetPlot(0), "loss (nats)", curve.Epochs, curve.Loss, curve.ChanceLoss);
        Panel(plots.GetPlot(1), "pairs found (%)", curve.Epochs, [.. curve.Found.Select(f => 100 * f)], 100 * curve.ChanceFound);
        plots.GetPlot(1).XLabel("epochs");
        AtomicFile.Write(path, plots.Render(900, 720).GetImageBytes(ImageFormat.Png));
    }

    private static void Panel(Plot plot, string label, double[] x, double[] y, double? chance)
    {
        plot.YLabel(label);
        var line = plot.Add.ScatterLine(x, y, Blue);
        line.LineWidth = 2;
        if (chance is { } level) plot.Add.HorizontalLine(level, 1.5f, Gray, LinePattern.Dashed).LegendText = "chance";
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        // On a machine without fonts the image has no words, so it needs no legend either.
        if (InstalledFont.Family is { } family)
        {
            plot.Font.Set(family);
            plot.ShowLegend(Alignment.MiddleRight);
        }
        plot.Axes.SetLimits(0, x[^1], 0, 1.08 * Math.Max(chance ?? 0, y.Max()));
    }
}
