using System.Text.Json.Nodes;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>Which part of a study to run, and at which scale.</summary>
public sealed record StudyOptions
{
    /// <summary>The quick form: minutes on two cores; shows the form of the result rather than the result.</summary>
    public bool Quick { get; init; }

    /// <summary>Every cell is run once with each of these; at least one, all different.</summary>
    public IReadOnlyList<ulong> Seeds { get; init; } = [1];

    /// <summary>Keys of the cells to run; empty: all, or those of the quick form.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>A preset in the place of the study's; empty: the study's.</summary>
    public string Preset { get; init; } = "";

    /// <summary>Settings (snake_case) from a file, for all runs; cells set their own on top.</summary>
    public JsonObject File { get; init; } = [];

    /// <summary>Settings (snake_case) for all runs; cells set their own on top. None that every cell sets.</summary>
    public JsonObject Overrides { get; init; } = [];

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public StudyOptions Validated()
    {
        if (Seeds.Count == 0) throw Wrong(nameof(Seeds), "must name at least one seed");
        if (Seeds.Distinct().Count() < Seeds.Count)
            throw Wrong(nameof(Seeds), $"must all be different, not {string.Join(",", Seeds)}");
        if (Only.Distinct().Count() < Only.Count)
            throw Wrong(nameof(Only), $"must name a cell once, not {string.Join(",", Only)}");
        return this;

        static SettingsException Wrong(string setting, string what) => new($"{setting} {what}.") { Setting = setting };
    }
}
