using System.Globalization;

namespace SimClr.Search;

/// <summary>The facts that decide which of several similar images to keep.</summary>
/// <param name="Width">Pixels from left to right, standing upright.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Bytes">The size of its file; null where it has none of its own.</param>
/// <param name="Ticks">
/// When its file was last changed, as <c>File.GetLastWriteTimeUtc(path).Ticks</c> gives it; null where it has none of its own.
/// </param>
public sealed record ImageFacts(int Width, int Height, long? Bytes, long? Ticks)
{
    /// <summary>When its file was last changed: ISO 8601, UTC; or null.</summary>
    public string? Modified => Ticks is { } ticks
        ? string.Create(CultureInfo.InvariantCulture,
            $"{DateOnly.FromDayNumber((int)(ticks / TimeSpan.TicksPerDay)):yyyy-MM-dd}T"
            + $"{new TimeOnly(ticks % TimeSpan.TicksPerDay):HH:mm:ss.FFFFFFF}Z")
        : null;

    /// <summary>
    /// The one to keep comes first: the most pixels, then the most bytes, then the oldest. Images that are gone or cannot be
    /// read (null) come last.
    /// </summary>
    internal static IComparer<ImageFacts?> WorthFirst { get; } = Comparer<ImageFacts?>.Create((a, b) =>
    {
        if (a is null || b is null) return (a is null).CompareTo(b is null);
        var pixels = b.Pixels.CompareTo(a.Pixels);
        if (pixels != 0) return pixels;
        var bytes = (b.Bytes ?? 0).CompareTo(a.Bytes ?? 0);
        return bytes != 0 ? bytes : (a.Ticks ?? long.MaxValue).CompareTo(b.Ticks ?? long.MaxValue);
    });

    private long Pixels => (long)Width * Height;
}
