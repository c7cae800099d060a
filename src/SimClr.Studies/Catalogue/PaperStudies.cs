using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The studies that ship with the library: the paper's, and a search for a recipe.</summary>
public static class PaperStudies
{
    /// <summary>All grids of runs: those of the paper in its order, and then the recipe.</summary>
    public static IReadOnlyList<Study> All { get; } =
    [
        ColorStudy.Study, CompositionStudy.Study, DepthWidthStudy.Study, HeadStudy.Study, BatchEpochsStudy.Study,
        LossStudy.Study, TemperatureStudy.Study, RecipeStudy.Study,
    ];

    /// <summary>Names of all studies, of that without runs too.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(study => study.Name), HistogramStudy.Name];

    /// <summary>A study's name of today; one had another spelling in version 0.1.0.</summary>
    internal static string Current(string name) => name == "colour" ? ColorStudy.Study.Name : name;

    /// <summary>The study of a name, of today's or an earlier version's.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static Study Find(string name) => All.FirstOrDefault(study => study.Name == Current(name))
        ?? throw new SettingsException($"Unknown study '{name}'; there are {string.Join(", ", Names)}.");
}
