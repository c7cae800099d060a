using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>What <see cref="KnnSpeed.Measure"/> searches.</summary>
public sealed record KnnSpeedOptions
{
    /// <summary>Vectors that are searched, 1 to 10,000,000.</summary>
    public int Bank { get; init; } = 50_000;

    /// <summary>Vectors whose neighbours are sought, 1 to 10,000,000.</summary>
    public int Queries { get; init; } = 10_000;

    /// <summary>Length of a vector, 1 to 65,536.</summary>
    public int Dimension { get; init; } = 512;

    /// <summary>Neighbours of each query, at least 1.</summary>
    public int K { get; init; } = 200;

    /// <summary>How often the search and the product are computed; the median counts. At least 1.</summary>
    public int Repetitions { get; init; } = 3;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names option, bound and value.</exception>
    public KnnSpeedOptions Validated()
    {
        Require(Bank is >= 1 and <= 10_000_000, "--bank", "between 1 and 10000000", Bank);
        Require(Queries is >= 1 and <= 10_000_000, "--queries", "between 1 and 10000000", Queries);
        Require(Dimension is >= 1 and <= 65536, "--dim", "between 1 and 65536", Dimension);
        Require((long)Bank * Dimension <= Array.MaxLength && (long)Queries * Dimension <= Array.MaxLength, "--dim",
            $"so small that no set has more than {Array.MaxLength} values", Dimension);
        Require(K >= 1, "--k", "at least 1", K);
        Require(Repetitions >= 1, "--repetitions", "at least 1", Repetitions);
        Require(Threads >= 0, "--threads", "at least 0", Threads);
        return this;
    }

    private static void Require(bool holds, string option, string bound, int value)
    {
        if (!holds) throw new SettingsException($"{option} must be {bound}, not {value}.");
    }
}
