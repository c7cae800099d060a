using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>What <see cref="LossSpeed.Measure"/> computes.</summary>
public sealed record LossSpeedOptions
{
    /// <summary>Pictures N of the batch; the loss compares 2N rows. 1 to 1,000,000.</summary>
    public int N { get; init; } = 4096;

    /// <summary>Length of a row, 1 to 65,536.</summary>
    public int Dimension { get; init; } = 128;

    /// <summary>Temperature τ, above 0.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>How often each formulation is computed; the median counts. At least 1.</summary>
    public int Repetitions { get; init; } = 5;

    /// <summary>
    /// The largest N for which the plain formulation is computed as well; it needs memory for several times (2N)² numbers.
    /// </summary>
    public int PlainUpTo { get; init; } = 4096;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names option, bound and value.</exception>
    public LossSpeedOptions Validated()
    {
        if (N is < 1 or > 1_000_000) throw new SettingsException($"--n must be between 1 and 1000000, not {N}.");
        if (Dimension is < 1 or > 65536) throw new SettingsException($"--dim must be between 1 and 65536, not {Dimension}.");
        if (!(Temperature > 0 && double.IsFinite(Temperature)))
            throw new SettingsException($"--temperature must be above 0, not {Temperature}.");
        if (Repetitions < 1) throw new SettingsException($"--repetitions must be at least 1, not {Repetitions}.");
        if (PlainUpTo < 0) throw new SettingsException($"--plain-up-to must be at least 0, not {PlainUpTo}.");
        if (Threads < 0) throw new SettingsException($"--threads must be at least 0, not {Threads}.");
        return this;
    }
}
