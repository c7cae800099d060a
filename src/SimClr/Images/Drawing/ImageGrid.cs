using SkiaSharp;

namespace SimClr.Images;

/// <summary>Contact sheets: images in rows and columns on a neutral background.</summary>
public static class ImageGrid
{
    private static readonly SKColor Background = new(0xF4, 0xF4, 0xF4);
    private static readonly SKColor Ink = new(0x30, 0x30, 0x30);

    /// <summary>
    /// Lays images out in a grid. An image smaller than its cell is enlarged by a whole factor without smoothing, so that
    /// small images stay crisp; a larger one is shrunk smoothly. The aspect ratio is kept and the image centered.
    /// </summary>
    /// <param name="rows">Rows of images, from the top; they may differ in length.</param>
    /// <param name="cell">Side of a cell in pixels, at least 1.</param>
    /// <param name="gap">Space between cells and around the grid in pixels, at least 0.</param>
    /// <param name="headings">
    /// Words above the columns; fewer than columns leave the rest bare. Left out on a machine that has no fonts.
    /// </param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentException">There are no images, a size is out of range, or the sheet is enormous.</exception>
    public static RgbImage Compose(
        IReadOnlyList<IReadOnlyList<RgbImage>> rows, int cell, int gap, IReadOnlyList<string>? headings = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(cell, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        var columns = rows.Count == 0 ? 0 : rows.Max(row => row.Count);
        if (columns == 0) throw new ArgumentException("A grid needs at least one image.", nameof(rows));

        using var font = headings is { Count: > 0 } ? GridFont.OrNull(cell, columns, headings) : null;
        var top = font is null ? 0 : (int)Math.Ceiling(1.4f * font.Size);
        var width = gap + columns * (cell + (long)gap);
        var height = top + gap + rows.Count * (cell + (long)gap);
        if (width * height > ImageCodec.DefaultMaxPixels)
            throw new ArgumentException(
                $"{rows.Count} x {columns} cells of {cell} pixels make {width}x{height} pixels, too many to draw.", nameof(cell));

        using var bitmap = new SKBitmap(new SKImageInfo((int)width, (int)height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Background);
        for (var row = 0; row < rows.Count; row++)
            for (var column = 0; column < rows[row].Count; column++)
                DrawFitted(canvas, rows[row][column], gap + column * (cell + gap), top + gap + row * (cell + gap), cell);
        if (font is not null) DrawHeadings(canvas, headings!, columns, cell, gap, font);
        var sheet = new RgbImage(bitmap.Width, bitmap.Height);
        RgbaPacking.Upright(bitmap.GetPixelSpan(), sheet.Width, sheet.Height, opaque: true, SKEncodedOrigin.TopLeft, sheet);
        return sheet;
    }

    private static void DrawFitted(SKCanvas canvas, RgbImage source, int left, int top, int cell)
    {
        var longest = Math.Max(source.Width, source.Height);
        var scale = longest <= cell ? cell / longest : (double)cell / longest;
        var (width, height) = ImageFitting.Scaled(source, scale);
        var place = SKRect.Create(left + (cell - width) / 2, top + (cell - height) / 2, width, height);
        ImageFitting.Draw(canvas, source, place, longest <= cell ? new(SKFilterMode.Nearest) : ImageFitting.Smooth);
    }

    private static void DrawHeadings(
        SKCanvas canvas, IReadOnlyList<string> headings, int columns, int cell, int gap, SKFont font)
    {
        using var paint = new SKPaint { Color = Ink, IsAntialias = true };
        for (var column = 0; column < Math.Min(columns, headings.Count); column++)
        {
            var center = gap + column * (cell + gap) + cell / 2f;
            canvas.DrawText(headings[column], center, gap / 2f + font.Size, SKTextAlign.Center, font, paint);
        }
    }
}
