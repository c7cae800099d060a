using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The paper's studies that ship with the library.</summary>
public static class PaperStudies
{
    /// <summary>All grids of runs, in the order of the paper.</summary>
    public static IReadOnlyList<Study> All { get; } =
    [
        ColorStudy.Study, CompositionStudy.Study, DepthWidthStudy.Study, HeadStudy.Study, BatchEpochsStudy.Study,
        LossStudy.Study, TemperatureStudy.Study,
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
