using System.Globalization;

namespace SimClr.Studies;

/// <summary>Table 5: temperature with and without ℓ2 normalization of z.</summary>
internal static class TemperatureStudy
{
    private const string With = "with ℓ2 normalization", Without = "without";

    public static Study Study { get; } = new()
    {
        Name = "temperature",
        Title = "Temperature and ℓ2 normalization",
        Source = "Table 5",
        Shows = "Without normalization the partners are found more often, yet the features are worse; with it the temperature "
            + "decides how much hard negatives count, and the best lies between the extremes.",
        RowName = "z",
        ColumnName = "temperature τ",
        Cells =
        [
            Cell(0.05, true, new(0.597, 0.905, 1.0)),
            Cell(0.1, true, new(0.644, 0.878, 4.5)),
            Cell(0.5, true, new(0.607, 0.682, 8.2)),
            Cell(1, true, new(0.580, 0.591, 8.3)),
            Cell(10, false, new(0.572, 0.917, 0.5)),
            Cell(100, false, new(0.570, 0.921, 0.5)),
        ],
    };

    private static StudyCell Cell(double temperature, bool normalize, PaperFigures paper)
    {
        var tau = temperature.ToString(CultureInfo.InvariantCulture);
        return new StudyCell($"{(normalize ? "l2" : "no-l2")}-t{tau}", normalize ? With : Without, tau,
            new() { ["temperature"] = temperature, ["normalize_projections"] = normalize })
        {
            Paper = paper,
        };
    }
}
