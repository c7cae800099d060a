using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The settings of <see cref="KnnSpeed.Measure"/>.</summary>
public sealed record KnnSpeedOptions
{
    /// <summary>Vectors that are searched, 1 to 10,000,000.</summary>
    public int Bank { get; init; } = 50_000;

    /// <summary>Vectors whose neighbors are sought, 1 to 10,000,000.</summary>
    public int Queries { get; init; } = 10_000;

    /// <summary>Length of a vector, 1 to 65,536.</summary>
    public int Dimension { get; init; } = 512;

    /// <summary>Neighbors of each query, at least 1.</summary>
    public int K { get; init; } = 200;

    /// <summary>How often the search and the product are computed; the median counts. At least 1.</summary>
    public int Repetitions { get; init; } = 3;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public KnnSpeedOptions Validated()
    {
        Require.That(Bank is >= 1 and <= 10_000_000, nameof(Bank), "between 1 and 10000000", Bank);
        Require.That(Queries is >= 1 and <= 10_000_000, nameof(Queries), "between 1 and 10000000", Queries);
        Require.That(Dimension is >= 1 and <= 65536, nameof(Dimension), "between 1 and 65536", Dimension);
        Require.That((long)Bank * Dimension <= Array.MaxLength && (long)Queries * Dimension <= Array.MaxLength, nameof(Dimension),
            $"so small that no set has more than {Array.MaxLength} values", Dimension);
        Require.That(K >= 1, nameof(K), "at least 1", K);
        Require.That(Repetitions >= 1, nameof(Repetitions), "at least 1", Repetitions);
        Require.Threads(Threads);
        return this;
    }
}
