using SimClr.Pretraining;

namespace SimClr.Studies.Catalogue;

/// <summary>The paper's studies that ship with the library.</summary>
public static class PaperStudies
{
    /// <summary>All grids of runs, in the order of the paper.</summary>
    public static IReadOnlyList<Study> All { get; } = [BatchEpochsStudy.Study, LossStudy.Study, TemperatureStudy.Study];

    /// <summary>The study of a name.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static Study Find(string name) => All.FirstOrDefault(study => study.Name == name)
        ?? throw new SettingsException($"Unknown study '{name}'; there are {string.Join(", ", All.Select(s => s.Name))}.");
}
