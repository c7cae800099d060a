using SimClr.Data;
using SimClr.Features;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The settings of <see cref="EmbedSpeed.Measure"/>.</summary>
public sealed record EmbedSpeedOptions
{
    /// <summary>The run whose encoder is used.</summary>
    public required string Run { get; init; }

    /// <summary>The images, as <see cref="DatasetSource"/> reads them; those of the training part.</summary>
    public required string Data { get; init; }

    /// <summary>Maximum number of images; 0 means all.</summary>
    public int Limit { get; init; } = 512;

    /// <summary>How often everything is measured, one after the other; the medians count. At least 1.</summary>
    public int Repetitions { get; init; } = 3;

    /// <summary>How to embed; images as they are (<see cref="EmbedderOptions.UseViews"/> of 1).</summary>
    public EmbedderOptions Embedder { get; init; } = new();

    /// <summary>Threads of one tensor operation; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public EmbedSpeedOptions Validated()
    {
        Embedder.Validated();
        Require.That(Embedder.UseViews == 1, nameof(Embedder.UseViews), "1 here", Embedder.UseViews);
        Require.Limit(Limit);
        Require.That(Repetitions >= 1, nameof(Repetitions), "at least 1", Repetitions);
        Require.Threads(Threads);
        return this;
    }
}
