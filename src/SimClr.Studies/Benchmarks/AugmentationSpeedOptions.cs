using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>What <see cref="AugmentationSpeed.Measure"/> renders, and for how long.</summary>
public sealed record AugmentationSpeedOptions
{
    /// <summary>Side S of the views in pixels, 1 to 2048. At 32 the colour strength is 0.5 as for CIFAR-10, else 1.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Whether half of the views are blurred, as in the paper for ImageNet.</summary>
    public bool Blur { get; init; }

    /// <summary>Pictures to render from: a DATA word, or null for built-in ones.</summary>
    public string? Data { get; init; }

    /// <summary>Threads of the measurement on many cores; 0 means one for each core.</summary>
    public int Cores { get; init; }

    /// <summary>Seconds of each of the measurements; above 0.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names option, bound and value.</exception>
    public AugmentationSpeedOptions Validated()
    {
        if (Size is < 1 or > 2048) throw new SettingsException($"--size must be between 1 and 2048, not {Size}.");
        if (Cores is < 0 or > 1024) throw new SettingsException($"--cores must be between 0 and 1024, not {Cores}.");
        if (!(Seconds > 0 && Seconds <= 3600))
            throw new SettingsException($"--seconds must be above 0 and at most 3600, not {Seconds}.");
        return this;
    }
}
