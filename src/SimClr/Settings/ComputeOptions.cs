using SimClr.Native;

namespace SimClr.Settings;

/// <summary>The device, the precision and the threads.</summary>
public sealed record ComputeOptions
{
    /// <summary>Arithmetic of convolutions and linear layers.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads of one tensor operation; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that decode and augment; 0 chooses from the cores. Results do not depend on it.</summary>
    public int Workers { get; init; }

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ComputeOptions Validated()
    {
        SettingChoices.Precision.Require(Precision);
        Require.That(Device is not null, nameof(Device), "auto, cpu, cuda or cuda:N", "null");
        Require.Threads(Threads);
        Require.Workers(Workers);
        return this;
    }
}
