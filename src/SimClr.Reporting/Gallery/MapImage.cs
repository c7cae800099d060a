using SimClr.Data;
using SimClr.Images;
using SkiaSharp;

namespace SimClr.Reporting;

/// <summary>Images at their places on a map, framed in the colors of their classes, with the classes' names below.</summary>
/// <param name="images">Where they come from.</param>
internal sealed class MapImage(Thumbnails images)
{
    // More classes than this have colors that cannot be told apart.
    public const int MaxColors = 20;

    private const int Width = 1040, Margin = 20, Frame = 3, LegendLine = 30, Swatch = 16;

    private static readonly SKColor Paper = new(0xF4, 0xF4, 0xF4), Ink = new(0x30, 0x30, 0x30);

    /// <summary>Draws the map.</summary>
    /// <param name="places">Coordinates, <c>[n, 2]</c>; x goes to the right and y up.</param>
    /// <param name="indices">Which images of the dataset stand there.</param>
    /// <param name="labels">Their classes, or -1.</param>
    /// <param name="classes">The classes' names, or none.</param>
    public RgbImage Draw(double[] places, int[] indices, int[] labels, IReadOnlyList<string> classes)
    {
        var side = indices.Length > 150 ? 32 : 64;
        var (x, y) = (places.Where((_, k) => k % 2 == 0).ToArray(), places.Where((_, k) => k % 2 == 1).ToArray());
        var range = Math.Max(x.Max() - x.Min(), y.Max() - y.Min());
        var scale = range > 0 ? (Width - 2 * Margin - side) / range : 0;
        var height = 2 * Margin + side + (int)Math.Ceiling(scale * (y.Max() - y.Min()));
        var indent = (Width - side - scale * (x.Max() - x.Min())) / 2; // a tall map stands in the middle

        var colored = classes.Count is > 1 and <= MaxColors && labels.Any(label => label >= 0);
        using var font = colored ? GridFont.OrNull(96, 1, ["m"]) : null;
        var legend = font is null ? [] : Legend(classes, font);
        var bottom = legend.Count == 0 ? 0 : Margin + LegendLine * (legend[^1].Line + 1);

        using var bitmap = new SKBitmap(new SKImageInfo(Width, height + bottom, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Paper);
        for (var i = 0; i < indices.Length; i++)
        {
            var (left, top) = (indent + scale * (x[i] - x.Min()), Margin + scale * (y.Max() - y[i]));
            var color = colored && labels[i] >= 0 ? Color(labels[i], classes.Count) : SKColors.White;
            Place(canvas, images.Load(indices[i], side), (float)left, (float)top, side, color);
        }
        if (font is not null) DrawLegend(canvas, legend, classes, font, height);
        var map = new RgbImage(bitmap.Width, bitmap.Height);
        RgbaPacking.Upright(bitmap.GetPixelSpan(), map.Width, map.Height, opaque: true, SKEncodedOrigin.TopLeft, map);
        return map;
    }

    /// <summary>Hues go once around; neighboring ones also differ in lightness.</summary>
    private static SKColor Color(int label, int classes) =>
        SKColor.FromHsl(360f * label / classes, 75, label % 2 == 0 ? 42 : 58);

    private static unsafe void Place(SKCanvas canvas, RgbImage source, float left, float top, int side, SKColor frame)
    {
        var scale = (float)side / Math.Max(source.Width, source.Height);
        var (width, height) = (Math.Max(1, source.Width * scale), Math.Max(1, source.Height * scale));
        var place = SKRect.Create(left + (side - width) / 2, top + (side - height) / 2, width, height);
        using var paint = new SKPaint { Color = frame };
        canvas.DrawRect(SKRect.Inflate(place, Frame, Frame), paint);
        fixed (byte* pixels = RgbaPacking.FromRgb(source))
        {
            var info = new SKImageInfo(source.Width, source.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var image = SKImage.FromPixelCopy(info, (nint)pixels);
            canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }
    }

    /// <summary>Where the classes' names go: a line, and how far from the left.</summary>
    private static List<(int Line, float Left)> Legend(IReadOnlyList<string> classes, SKFont font)
    {
        var places = new List<(int, float)>();
        var (line, left) = (0, (float)Margin);
        foreach (var name in classes)
        {
            var width = Swatch + 8 + font.MeasureText(name) + 24;
            if (left > Margin && left + width > Width - Margin) (line, left) = (line + 1, Margin);
            places.Add((line, left));
            left += width;
        }
        return places;
    }

    private static void DrawLegend(
        SKCanvas canvas, List<(int Line, float Left)> legend, IReadOnlyList<string> classes, SKFont font, int top)
    {
        using var ink = new SKPaint { Color = Ink, IsAntialias = true };
        for (var c = 0; c < classes.Count; c++)
        {
            var (left, middle) = (legend[c].Left, top + LegendLine * (legend[c].Line + 0.5f));
            using var paint = new SKPaint { Color = Color(c, classes.Count) };
            canvas.DrawRect(SKRect.Create(left, middle - Swatch / 2f, Swatch, Swatch), paint);
            canvas.DrawText(classes[c], left + Swatch + 8, middle + 0.36f * font.Size, SKTextAlign.Left, font, ink);
        }
    }
}
