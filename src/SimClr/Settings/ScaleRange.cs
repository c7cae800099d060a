using System.Globalization;

namespace SimClr.Settings;

/// <summary>The areas of random crops, as parts of the image's. Written <c>0.05,0.25</c>.</summary>
/// <param name="Min">The smallest, above 0.</param>
/// <param name="Max">The largest, at least the smallest and at most 1.</param>
public readonly record struct ScaleRange(double Min, double Max)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">Two numbers with a comma between.</param>
    /// <param name="scales">What was read; bounds are checked with the other settings.</param>
    /// <returns>Whether it is two numbers.</returns>
    public static bool TryParse(string? text, out ScaleRange scales)
    {
        scales = default;
        var parts = text?.Split(',') ?? [];
        if (parts.Length != 2 || !TryNumber(parts[0], out var min) || !TryNumber(parts[1], out var max)) return false;
        scales = new(min, max);
        return true;
    }

    /// <summary>The form in which it is written in files and on the command line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Min},{Max}");

    /// <summary>Checks both.</summary>
    /// <exception cref="SettingsException">One is out of its bounds.</exception>
    internal void Validate(string setting) => Require.That(Min > 0 && Max >= Min && Max <= 1, setting,
        "two areas above 0 and at most 1, the smaller first", this);

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
