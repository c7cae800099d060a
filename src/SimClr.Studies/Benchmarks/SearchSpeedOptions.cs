using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The settings of <see cref="SearchSpeed.Measure"/>.</summary>
public sealed record SearchSpeedOptions
{
    /// <summary>Vectors of the index, 1 to 10,000,000.</summary>
    public int Count { get; init; } = 100_000;

    /// <summary>Length of a vector, 1 to 65,536.</summary>
    public int Dimension { get; init; } = 512;

    /// <summary>How many are found by a search, at least 1.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Searches; the median counts. At least 1.</summary>
    public int Repetitions { get; init; } = 50;

    /// <summary>
    /// Where the index is written for the time of the measurement; null takes the system's folder for such files.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public SearchSpeedOptions Validated()
    {
        Require.That(Count is >= 1 and <= 10_000_000, nameof(Count), "between 1 and 10000000", Count);
        Require.That(Dimension is >= 1 and <= 65536, nameof(Dimension), "between 1 and 65536", Dimension);
        Require.That((long)Count * Dimension <= 1 << 30, nameof(Dimension),
            $"so small that there are at most {1 << 30} numbers", Dimension);
        Require.That(Top >= 1, nameof(Top), "at least 1", Top);
        Require.That(Repetitions >= 1, nameof(Repetitions), "at least 1", Repetitions);
        return this;
    }
}
