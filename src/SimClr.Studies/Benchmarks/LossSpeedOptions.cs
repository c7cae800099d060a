using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The settings of <see cref="LossSpeed.Measure"/>.</summary>
public sealed record LossSpeedOptions
{
    /// <summary>Images N of the batch; the loss compares V·N rows. 1 to 1,000,000.</summary>
    public int N { get; init; } = 4096;

    /// <summary>Views V of each image, 2 to 32.</summary>
    public int Views { get; init; } = 2;

    /// <summary>Length of a row, 1 to 65,536.</summary>
    public int Dimension { get; init; } = 128;

    /// <summary>Temperature τ, above 0.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>How often each formulation is computed; the median counts. At least 1.</summary>
    public int Repetitions { get; init; } = 5;

    /// <summary>
    /// The largest N for which the plain formulation is computed as well; it needs memory for several times (V·N)² numbers.
    /// </summary>
    public int PlainUpTo { get; init; } = 4096;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public LossSpeedOptions Validated()
    {
        Require.That(N is >= 1 and <= 1_000_000, nameof(N), "between 1 and 1000000", N);
        Require.That(Views is >= 2 and <= 32, nameof(Views), "between 2 and 32", Views);
        Require.That(Dimension is >= 1 and <= 65536, nameof(Dimension), "between 1 and 65536", Dimension);
        Require.That(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), "above 0", Temperature);
        Require.That(Repetitions >= 1, nameof(Repetitions), "at least 1", Repetitions);
        Require.That(PlainUpTo >= 0, nameof(PlainUpTo), "at least 0", PlainUpTo);
        Require.Threads(Threads);
        return this;
    }
}
