using ScottPlot;
using SimClr.Images;

namespace SimClr.Studies;

/// <summary>The common style of the plots of all studies.</summary>
internal static class PlotStyle
{
    public static Color Ink { get; } = new(0x33, 0x33, 0x33);

    public static Color Gray { get; } = new(0x88, 0x88, 0x88);

    /// <summary>Colors of a few series that have no order.</summary>
    public static IReadOnlyList<Color> Distinct { get; } =
        [new(0x2F, 0x6F, 0xD8), new(0xE0, 0x8A, 0x1E), new(0x3A, 0x9D, 0x5D), new(0xB0, 0x46, 0x8E)];

    /// <summary>Colors of series: distinct ones for a few, from light to dark for an ordered row of many.</summary>
    public static Color Series(int index, int count)
    {
        if (count <= Distinct.Count) return Distinct[index];
        var share = index / (double)(count - 1);
        return new Color(Mix(0xC8, 0x10, share), Mix(0xDC, 0x35, share), Mix(0xF4, 0x70, share));
    }

    public static void Title(Plot plot, string text)
    {
        plot.Title(text, 15);
        plot.Axes.Title.Label.Bold = false;
    }

    /// <summary>Plain labels in a font that exists, and no grid lines across.</summary>
    public static void Finish(Plot plot)
    {
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.FontSize = plot.Axes.Bottom.Label.FontSize = 14;
        plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 12;
        if (InstalledFont.Family is not null) plot.Font.Set(InstalledFont.Family);
    }

    private static byte Mix(int from, int to, double share) => (byte)Math.Round(from + share * (to - from));
}
