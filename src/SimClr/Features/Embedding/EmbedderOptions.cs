using SimClr.Native;
using SimClr.Settings;

namespace SimClr.Features;

/// <summary>How images become vectors.</summary>
public sealed record EmbedderOptions
{
    /// <summary>0 for the representation h, else a layer of the projection head, counted from 1; the last one gives z.</summary>
    public int Layer { get; init; }

    /// <summary>Whether vectors are scaled to Euclidean length 1; a vector of zeros stays one.</summary>
    public bool Normalize { get; init; }

    /// <summary>
    /// Whether an image and its mirror image, left and right exchanged, get the same vector: the mean of the directions of
    /// both, of length 2 at most. Takes two forward passes. Such vectors are for comparing with each other; no index keeps
    /// them.
    /// </summary>
    public bool BothWays { get; init; }

    /// <summary>
    /// V, over how many views of an image its vector is the mean: 1 (the image), 2 (and its mirror image) or 10 (ten crops); see
    /// <see cref="FeatureExtractor.UseViews"/>. Outputs are averaged as they are; <see cref="Normalize"/> scales the mean. An
    /// index keeps V and embeds later images and queries in the same way. Takes V times the arithmetic.
    /// </summary>
    public int UseViews { get; init; } = 1;

    /// <summary>Side S of the images in pixels, 8 to 2048; 0 means the run's size for evaluation.</summary>
    public int ImageSize { get; init; }

    /// <summary>
    /// Images per forward pass; at least 1. The vector of an image does not depend on it, except for rounding.
    /// </summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Arithmetic of the encoder.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>auto</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads that decode and render; 0 chooses from the cores.</summary>
    public int Workers { get; init; }

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public EmbedderOptions Validated()
    {
        Require.Layer(Layer);
        Require.UseViews(UseViews);
        Require.That(!BothWays || UseViews == 1, nameof(UseViews), $"1 with {nameof(BothWays)}", UseViews, nameof(BothWays));
        Require.ImageSize(ImageSize);
        Require.That(BatchSize >= 1, nameof(BatchSize), "at least 1", BatchSize);
        SettingChoices.Precision.Require(Precision);
        Require.Workers(Workers);
        return this;
    }
}
