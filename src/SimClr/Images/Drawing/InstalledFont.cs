using SkiaSharp;

namespace SimClr.Images;

/// <summary>The font for words in images and plots: the first of a list that the machine has.</summary>
public static class InstalledFont
{
    private static readonly string[] Families = ["DejaVu Sans", "Liberation Sans", "Noto Sans", "Segoe UI", "Helvetica", "Arial"];

    /// <summary>The family's name; null on a machine without any of them, where images and plots have no words.</summary>
    public static string? Family { get; } = Find();

    private static string? Find()
    {
        var installed = SKFontManager.Default.FontFamilies.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Array.Find(Families, installed.Contains);
    }
}
