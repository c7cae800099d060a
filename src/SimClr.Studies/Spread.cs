namespace SimClr.Studies;

/// <summary>A figure over seeds.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Standard deviation with n−1; null for one value.</param>
/// <param name="Count">Number of values n.</param>
public sealed record Spread(double Mean, double? Deviation, int Count)
{
    /// <summary>The spread of some values; null of none.</summary>
    public static Spread? Of(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) return null;
        var mean = values.Average();
        double? deviation = values.Count < 2
            ? null
            : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new Spread(mean, deviation, values.Count);
    }
}
