using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The settings of <see cref="StepSpeed.Measure"/>.</summary>
public sealed record StepSpeedOptions
{
    /// <summary>
    /// The settings of the steps: encoder, width, stem, image size, batch size, precision, device, threads and so on.
    /// </summary>
    public PretrainingOptions Settings { get; init; } = new() { BatchSize = 128 };

    /// <summary>Images to train on: a DATA word, or null for built-in ones.</summary>
    public string? Data { get; init; }

    /// <summary>Steps that are measured, after two that are not; at least 1.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public StepSpeedOptions Validated()
    {
        ArgumentNullException.ThrowIfNull(Settings);
        Settings.Validated();
        Require.That(Steps >= 1, nameof(Steps), "at least 1", Steps);
        return this;
    }
}
