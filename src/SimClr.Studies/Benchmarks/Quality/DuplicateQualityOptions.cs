using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The settings of <see cref="DuplicateQuality.Measure"/>.</summary>
public sealed record DuplicateQualityOptions
{
    /// <summary>The run folder.</summary>
    public required string Run { get; init; }

    /// <summary>DATA with the originals.</summary>
    public required string Data { get; init; }

    /// <summary>Which part of it: <c>train</c> or <c>test</c>.</summary>
    public string Part { get; init; } = "test";

    /// <summary>Maximum number of originals; 0 means all.</summary>
    public int Limit { get; init; }

    /// <summary>Planted copies of each <see cref="CopyKind"/>, at least 1.</summary>
    public int Copies { get; init; } = 1000;

    /// <summary>The kinds, each once.</summary>
    public IReadOnlyList<CopyKind> Kinds { get; init; } = [CopyKind.Reencoded, CopyKind.Cropped, CopyKind.Brightened];

    /// <summary>A PNG file for the curves, or null for none.</summary>
    public string? Plot { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Decides which images are copied, how, and the untrained network.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public DuplicateQualityOptions Validated()
    {
        Require.That(Part is "train" or "test", nameof(Part), "train or test", $"'{Part}'");
        Require.Limit(Limit);
        Require.That(Copies >= 1, nameof(Copies), "at least 1", Copies);
        if (Kinds.Count == 0 || Kinds.Distinct().Count() < Kinds.Count || !Kinds.All(Enum.IsDefined))
            throw new SettingsException($"{nameof(Kinds)} must name kinds of copies, each once, not '{string.Join(',', Kinds)}'.")
            {
                Setting = nameof(Kinds),
            };
        Require.Threads(Threads);
        return this;
    }
}
