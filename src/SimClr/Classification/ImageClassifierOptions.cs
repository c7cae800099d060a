using SimClr.Native;
using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>How a classifier is used. Its answers do not depend on these options, except for rounding.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>Images per forward pass; at least 1.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// <c>fp32</c>, <c>bf16</c> or <c>auto</c> (bfloat16 where the hardware has units for it). In float32 an image's
    /// probabilities are the same on every machine, in every batch and in ONNX Runtime, to 1e-4; bfloat16 is up to twice as
    /// fast and changes their third digit, sometimes the second.
    /// </summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>auto</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads that decode and render; 0 chooses from the cores.</summary>
    public int Workers { get; init; }

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ImageClassifierOptions Validated()
    {
        Require.That(BatchSize >= 1, nameof(BatchSize), "at least 1", BatchSize);
        SettingChoices.Precision.Require(Precision);
        Require.Workers(Workers);
        return this;
    }
}
