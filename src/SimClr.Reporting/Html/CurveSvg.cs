using System.Globalization;
using System.Text;

namespace SimClr.Reporting;

/// <summary>One line over epochs, as SVG that takes its colors from the page.</summary>
/// <param name="Label">The alternative text.</param>
/// <param name="Format">How a value of the vertical axis is written.</param>
internal sealed record CurveSvg(string Label, Func<double, string> Format)
{
    private const double Left = 52, Right = 16, Top = 14, Bottom = 36;

    /// <summary>Size in units of the page.</summary>
    public (double Width, double Height) Size { get; init; } = (720, 230);

    /// <summary>A value that the line is compared with, and its name: a dashed line; or null.</summary>
    public (double Value, string Name)? Reference { get; init; }

    /// <summary>Bottom of the vertical axis.</summary>
    public double Lowest { get; init; }

    /// <summary>Top of the vertical axis, or null to fit.</summary>
    public double? Highest { get; init; }

    /// <summary>Draws the line.</summary>
    /// <param name="x">Epochs, ascending.</param>
    /// <param name="y">Values.</param>
    public string Draw(double[] x, double[] y)
    {
        var (width, height) = Size;
        var top = Highest ?? Lowest + (Math.Max(Reference?.Value ?? Lowest, y.Max()) - Lowest) * 1.05;
        if (!(top > Lowest)) top = Lowest + 1;
        var right = x[^1];
        double X(double value) => Left + (width - Left - Right) * value / right;
        double Y(double value) =>
            Top + (height - Top - Bottom) * (top - Math.Clamp(value, Lowest, top)) / (top - Lowest);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg class=\"curve\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{ReportText.Escape(Label)}\">");
        foreach (var tick in Ticks(Lowest, top, 5))
        {
            Line(svg, "grid", Left, Y(tick), width - Right, Y(tick));
            Words(svg, "end", Left - 8, Y(tick) + 4, Format(tick));
        }
        foreach (var tick in Ticks(0, right, (int)(width / 72)))
        {
            Line(svg, "grid", X(tick), height - Bottom, X(tick), height - Bottom + 4);
            Words(svg, "middle", X(tick), height - Bottom + 18, tick.ToString("0.###", CultureInfo.InvariantCulture));
        }
        Words(svg, "end", width - Right, height - 4, "epochs");
        if (Reference is { } at)
        {
            Line(svg, "chance", Left, Y(at.Value), width - Right, Y(at.Value));
            // Above the line where it lies low, below it where it lies high, so that it never leaves the panel.
            var high = at.Value - Lowest > (top - Lowest) / 2;
            Words(svg, "end", width - Right, Y(at.Value) + (high ? 15 : -6), $"{at.Name} {Format(at.Value)}");
        }
        var path = string.Join(' ', x.Zip(y, (a, b) => string.Create(CultureInfo.InvariantCulture, $"{X(a):0.0},{Y(b):0.0}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line\" points=\"{path}\"/>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<circle class=\"last\" cx=\"{X(x[^1]):0.0}\" cy=\"{Y(y[^1]):0.0}\" r=\"3.5\"/></svg>");
        return svg.ToString();
    }

    /// <summary>Round values from <paramref name="low"/> up to <paramref name="high"/>, about as many as asked.</summary>
    internal static IEnumerable<double> Ticks(double low, double high, int about)
    {
        if (!(high > low) || !double.IsFinite(high - low)) yield break;
        var raw = (high - low) / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * Mantissa(raw / power);
        var slack = 1e-9 * (high - low);
        // 0 is added because Ceiling gives −0, which would be written so.
        for (var i = Math.Ceiling((low - slack) / step) + 0; i * step <= high + slack; i++) yield return i * step;
    }

    private static double Mantissa(double value) => value switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };

    private static void Line(StringBuilder svg, string kind, double x1, double y1, double x2, double y2) =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<line class=\"{kind}\" x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\"/>");

    private static void Words(StringBuilder svg, string anchor, double x, double y, string text) =>
        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\">{ReportText.Escape(text)}</text>");
}
