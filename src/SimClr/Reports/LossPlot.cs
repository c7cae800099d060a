using ScottPlot;

namespace SimClr.Reports;

/// <summary>The curves as a picture file, for slides and for places that show no HTML.</summary>
internal static class LossPlot
{
    private static readonly Color Blue = new(0x2F, 0x6F, 0xD8), Grey = new(0x88, 0x88, 0x88);

    /// <summary>Draws loss and contrastive accuracy beside their chance levels to a PNG file.</summary>
    public static void Write(string path, TrainingCurve curve)
    {
        var plots = new Multiplot();
        plots.AddPlots(2);
        Panel(plots.GetPlot(0), "NT-Xent loss (nats)", curve.Epochs, curve.Loss, curve.ChanceLoss);
        Panel(plots.GetPlot(1), "pairs found (%)", curve.Epochs, [.. curve.Found.Select(f => 100 * f)], 100 * curve.ChanceFound);
        plots.GetPlot(1).XLabel("epochs");
        plots.SavePng(path, 900, 720);
    }

    private static void Panel(Plot plot, string label, double[] x, double[] y, double chance)
    {
        var line = plot.Add.ScatterLine(x, y, Blue);
        line.LineWidth = 2;
        var guess = plot.Add.HorizontalLine(chance, 1.5f, Grey, LinePattern.Dashed);
        guess.LegendText = "chance";
        plot.Legend.FontName = plot.Axes.Left.Label.FontName = plot.Axes.Bottom.Label.FontName = Fonts.Sans;
        plot.Axes.Left.TickLabelStyle.FontName = plot.Axes.Bottom.TickLabelStyle.FontName = Fonts.Sans;
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        plot.ShowLegend(Alignment.MiddleRight);
        plot.YLabel(label);
        plot.Axes.SetLimits(0, x[^1], 0, 1.08 * Math.Max(chance, y.Max()));
    }
}
