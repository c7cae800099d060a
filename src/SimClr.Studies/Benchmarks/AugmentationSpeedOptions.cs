using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The settings of <see cref="AugmentationSpeed.Measure"/>.</summary>
public sealed record AugmentationSpeedOptions
{
    /// <summary>Side S of the views in pixels, 1 to 2048. At 32 the color strength is 0.5 as for CIFAR-10, else 1.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Whether half of the views are blurred, as in the paper for ImageNet.</summary>
    public bool Blur { get; init; }

    /// <summary>Images to render from: a DATA word, or null for built-in ones.</summary>
    public string? Data { get; init; }

    /// <summary>Threads of the measurement on many cores; 0 means one for each core.</summary>
    public int Cores { get; init; }

    /// <summary>Seconds of each of the measurements; above 0.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public AugmentationSpeedOptions Validated()
    {
        Require.That(Size is >= 1 and <= 2048, nameof(Size), "between 1 and 2048", Size);
        Require.That(Cores is >= 0 and <= 1024, nameof(Cores), "between 0 and 1024", Cores);
        Require.That(Seconds > 0 && Seconds <= 3600, nameof(Seconds), "above 0 and at most 3600", Seconds);
        return this;
    }
}
