using System.Globalization;
using SimClr.Reporting;

namespace SimClr.Cli.Display;

/// <summary>Figures for people.</summary>
internal static class Numbers
{
    /// <summary>A fraction as percent with one decimal.</summary>
    public static string Percent(double fraction) => ReportText.Percent(fraction);

    /// <summary>Percent, or a dash.</summary>
    public static string Percent(double? fraction) => fraction is { } value ? Percent(value) : "–";

    /// <summary>The chance level of a loss in brackets, behind a space; nothing where there is none.</summary>
    public static string Chance(double? loss) =>
        loss is { } value ? string.Create(CultureInfo.InvariantCulture, $" (chance {value:0.000})") : "";

    /// <summary>Minutes and seconds, with hours and days where there are any.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        if (time.TotalDays >= 1) return $"{(int)time.TotalDays} d {time.Hours} h";
        return time.TotalHours >= 1 ? $"{time.Hours}:{time.Minutes:00}:{time.Seconds:00}" : $"{time.Minutes}:{time.Seconds:00}";
    }

    /// <summary>A whole number with thousands apart.</summary>
    public static string Count(double value) => ReportText.Count(value);

    /// <summary>Bytes in the unit that suits them.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes / (double)(1L << 30):0.0} GiB",
        >= 1L << 20 => $"{bytes / (double)(1L << 20):0.0} MiB",
        >= 1L << 10 => $"{bytes / (double)(1L << 10):0.0} KiB",
        _ => $"{bytes} bytes",
    };
}
