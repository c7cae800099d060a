using System.Globalization;
using System.Text;

namespace SimClr.Reports;

/// <summary>One line over epochs beside its chance level, as SVG that takes its colours from the page.</summary>
internal static class CurveSvg
{
    private const double Width = 720, Height = 230, Left = 52, Right = 16, Top = 14, Bottom = 36;

    /// <summary>Draws a panel.</summary>
    /// <param name="label">What the picture shows, for those who cannot see it.</param>
    /// <param name="x">Epochs, ascending.</param>
    /// <param name="y">Values.</param>
    /// <param name="chance">Where the dashed line lies.</param>
    /// <param name="format">How a value of the vertical axis is written.</param>
    /// <param name="highest">Top of the vertical axis, or null to fit.</param>
    public static string Draw(
        string label, double[] x, double[] y, double chance, Func<double, string> format, double? highest = null)
    {
        var top = highest ?? Math.Max(chance, y.Max()) * 1.05;
        var right = x[^1];
        double X(double value) => Left + (Width - Left - Right) * value / right;
        double Y(double value) => Top + (Height - Top - Bottom) * (1 - Math.Clamp(value, 0, top) / top);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg class=\"curve\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{ReportText.Escape(label)}\">");
        foreach (var tick in Ticks(top, 5))
        {
            Line(svg, "grid", Left, Y(tick), Width - Right, Y(tick));
            Words(svg, "end", Left - 8, Y(tick) + 4, format(tick));
        }
        foreach (var tick in Ticks(right, 10))
        {
            Line(svg, "grid", X(tick), Height - Bottom, X(tick), Height - Bottom + 4);
            Words(svg, "middle", X(tick), Height - Bottom + 18, tick.ToString("0.###", CultureInfo.InvariantCulture));
        }
        Words(svg, "end", Width - Right, Height - 4, "epochs");
        Line(svg, "chance", Left, Y(chance), Width - Right, Y(chance));
        // Above the line where it lies low, below it where it lies high, so that it never leaves the panel.
        Words(svg, "end", Width - Right, Y(chance) + (chance > top / 2 ? 15 : -6), $"chance {format(chance)}");
        var path = string.Join(' ', x.Zip(y, (a, b) => string.Create(CultureInfo.InvariantCulture, $"{X(a):0.0},{Y(b):0.0}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line\" points=\"{path}\"/>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<circle class=\"last\" cx=\"{X(x[^1]):0.0}\" cy=\"{Y(y[^1]):0.0}\" r=\"3.5\"/></svg>");
        return svg.ToString();
    }

    /// <summary>Round values from 0 up to <paramref name="top"/>, about as many as asked.</summary>
    internal static IEnumerable<double> Ticks(double top, int about)
    {
        if (!(top > 0) || !double.IsFinite(top)) yield break;
        var raw = top / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * Mantissa(raw / power);
        for (var i = 0; i * step <= top * (1 + 1e-9); i++) yield return i * step;
    }

    private static double Mantissa(double value) => value switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };

    private static void Line(StringBuilder svg, string kind, double x1, double y1, double x2, double y2) =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<line class=\"{kind}\" x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\"/>");

    private static void Words(StringBuilder svg, string anchor, double x, double y, string text) =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\">{ReportText.Escape(text)}</text>");
}
