using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>An experiment as a grid of runs that differ in the examined settings alone.</summary>
public sealed partial record Study
{
    // A file of settings may name a seed; runs have the study's.
    private static readonly JsonObject Unseeded = new() { ["seed"] = 1 };

    // A multiple of these is rounded.
    private static readonly string[] WholeNumbers = ["epochs", "batch_size", "image_size", "projection_dimension"];

    /// <summary>Names the study on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>The subject, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The paper's table or figure; else where the study comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Whether the study repeats one of the paper's.</summary>
    public bool IsOfPaper { get; init; } = true;

    /// <summary>The source as titles give it.</summary>
    public string Reference => IsOfPaper ? $"{Source} of the SimCLR paper" : Source;

    /// <summary>The cell that the others are compared with; empty where there is none.</summary>
    public string Base { get; init; } = "";

    /// <summary>How to read the result, in a sentence or two.</summary>
    public required string Shows { get; init; }

    /// <summary>The data and scale that the paper's figures were measured on.</summary>
    public string PaperScale { get; init; } =
        "ImageNet, ResNet-50, batch 4096, 100 epochs, linear classifier on frozen features, one run each";

    /// <summary>The preset whose settings all runs begin with.</summary>
    public string Preset { get; init; } = "cifar10-two-views";

    /// <summary>Settings (snake_case) on top of the preset.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>
    /// Larger batches go through the network in parts of this number of images (<c>micro_batch</c>), so that all fit in
    /// memory and batch norms see as many; 0: never.
    /// </summary>
    public int MicroBatch { get; init; }

    /// <summary>Whether z, the output of the projection head, is judged too.</summary>
    public bool JudgesProjections { get; init; }

    /// <summary>Settings on top of those for the quick form, which takes minutes on two cores.</summary>
    public JsonObject QuickSettings { get; init; } = QuickScale.Settings();

    /// <summary>Keys of the cells in the quick form; empty: all.</summary>
    public IReadOnlyList<string> QuickCells { get; init; } = [];

    /// <summary>The name of the setting that distinguishes rows; empty where there is one row.</summary>
    public string RowName { get; init; } = "";

    /// <summary>The name of the setting that distinguishes columns.</summary>
    public required string ColumnName { get; init; }

    /// <summary>How the result is drawn.</summary>
    public StudyForm Form { get; init; }

    /// <summary>The grid, in the order of the paper.</summary>
    public required IReadOnlyList<StudyCell> Cells { get; init; }

    /// <summary>Checks the grid: keys are distinct and fit for folders, and every cell's settings are valid.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">Something is wrong; the message names the cell.</exception>
    public Study Validated()
    {
        if (Cells.Count == 0) throw new SettingsException($"The study {Name} has no cells.");
        foreach (var cell in Cells)
        {
            if (!KeyPattern().IsMatch(cell.Key))
                throw new SettingsException($"The cell '{cell.Key}' must be named with a-z, 0-9, dots and dashes.");
            if (Cells.Count(other => other.Key == cell.Key) > 1)
                throw new SettingsException($"The study {Name} has two cells {cell.Key}.");
        }
        foreach (var key in Base == "" ? QuickCells : [Base, .. QuickCells]) _ = Find(key);
        foreach (var options in new StudyOptions[] { new(), new() { Quick = true } })
            foreach (var cell in Cells) _ = Compose(options, cell, seed: 1);
        return this;
    }

    /// <summary>The cell of a key.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public StudyCell Find(string key) => Cells.FirstOrDefault(cell => cell.Key == key)
        ?? throw new SettingsException(
            $"The study {Name} has no cell '{key}'; there are {string.Join(", ", Cells.Select(cell => cell.Key))}.");

    /// <summary>The cells that a user chose, in the study's order.</summary>
    /// <exception cref="SettingsException">A key is unknown.</exception>
    public IReadOnlyList<StudyCell> Choose(StudyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var keys = options.Only.Count > 0 ? options.Only : options.Quick ? QuickCells : [];
        var chosen = keys.Select(Find).ToHashSet();
        return [.. Cells.Where(cell => chosen.Count == 0 || chosen.Contains(cell))];
    }

    /// <summary>
    /// The settings of all runs: the preset, the study's settings, those of its quick form, and then the user's; cells add
    /// theirs.
    /// </summary>
    /// <exception cref="SettingsException">A value is wrong, or the user sets what every cell sets itself.</exception>
    public PretrainingOptions Shared(StudyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var (key, _) in options.Overrides)
            if (key == "seed" || Cells.All(cell => cell.Settings.ContainsKey(key)))
                throw new SettingsException($"{key} is what the study {Name} varies; " + (key == "seed"
                    ? $"give {nameof(options.Seeds)}."
                    : $"choose among its cells with {nameof(options.Only)}."))
                {
                    Named = [key == "seed" ? nameof(options.Seeds) : nameof(options.Only)],
                };
        var preset = SimClr.Settings.Preset.Load(options.Preset == "" ? Preset : options.Preset).Settings;
        var scale = options.Quick ? QuickSettings : [];
        return PretrainingOptions.Compose(preset, Settings, scale, options.File, options.Overrides, Unseeded);
    }

    /// <summary>The settings of one run.</summary>
    /// <exception cref="SettingsException">A value is wrong; the message names it.</exception>
    public PretrainingOptions Compose(StudyOptions options, StudyCell cell, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var shared = Shared(options).ToJson();
        var multiplied = new JsonObject();
        foreach (var (key, factor) in cell.Multiples)
        {
            var before = shared[key] ?? throw new SettingsException($"Unknown setting '{key}'.");
            if (before is not JsonValue number || !number.TryGetValue<double>(out var value))
                throw new SettingsException($"{key} is {before}, of which {cell.Key} can take no multiple.");
            value *= factor;
            if (WholeNumbers.Contains(key)) value = Math.Max(1, Math.Round(value));
            multiplied[key] = value == Math.Truncate(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
        }
        var composed = PretrainingOptions.Compose(shared, multiplied, cell.Settings) with
        {
            Seed = seed,
        };
        return MicroBatch > 0 && composed.BatchSize > MicroBatch && composed.MicroBatch == 0
            ? composed with
            {
                MicroBatch = MicroBatch,
            }
            : composed;
    }

    /// <summary>The layer of the head whose output z is judged in addition to h; 0 where none is.</summary>
    internal int JudgedLayer(PretrainingOptions options) => !JudgesProjections ? 0 : options.Model.Head switch
    {
        ProjectionHeadKind.Identity => 0,
        ProjectionHeadKind.Linear => 1,
        _ => options.Model.HeadLayers,
    };

    /// <summary>A label with the settings of a run in the place of their names.</summary>
    internal static string Label(string label, PretrainingOptions options)
    {
        if (!label.Contains('{', StringComparison.Ordinal)) return label;
        var values = options.ToJson();
        return SettingName().Replace(label, match => values[match.Groups[1].Value]?.ToString() ?? match.Value);
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]*$")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex SettingName();
}
