using SkiaSharp;

namespace SimClr.Images;

/// <summary>A font for headings, where the machine has one.</summary>
public static class GridFont
{
    /// <summary>A font in which every heading fits its column, or null: servers and containers often have no fonts.</summary>
    public static SKFont? OrNull(int cell, int columns, IReadOnlyList<string> headings)
    {
        var typeface = Typeface();
        if (typeface is null || typeface.GlyphCount == 0) return null;
        var font = new SKFont(typeface, Math.Clamp(cell / 6f, 9, 22)) { Edging = SKFontEdging.Antialias };
        var widest = headings.Take(columns).Max(heading => font.MeasureText(heading));
        if (widest > cell) font.Size = Math.Max(6, font.Size * cell / widest);
        return font;
    }

    private static SKTypeface? Typeface()
    {
        var fonts = SKFontManager.Default;
        if (fonts.FontFamilyCount == 0) return null;
        return InstalledFont.Family is { } family ? fonts.MatchFamily(family) : SKTypeface.Default;
    }
}
