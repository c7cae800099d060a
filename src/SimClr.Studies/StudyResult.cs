using SimClr.Evaluation;

namespace SimClr.Studies;

/// <summary>Where a study stands: everything that is finished in its folder.</summary>
/// <param name="Study">The study.</param>
/// <param name="Out">Its folder.</param>
/// <param name="DataName">The dataset's name.</param>
/// <param name="Scale">The data and scale that the figures were measured on, in words.</param>
/// <param name="Cells">Cells with something to tell, in the study's order.</param>
/// <param name="Baselines">Raw pixels and a random encoder under linear evaluation; null before the first cell.</param>
/// <param name="Wanted">Runs that the study's folder was asked for so far.</param>
/// <param name="Interrupted">Whether it was stopped; the same command goes on.</param>
public sealed record StudyResult(Study Study, string Out, string DataName, string Scale,
    IReadOnlyList<CellResult> Cells, EvaluationBaselines? Baselines, int Wanted, bool Interrupted)
{
    /// <summary>Runs that are finished, those that diverged among them.</summary>
    public int Finished => Cells.Sum(cell => cell.Runs.Count + cell.Diverged.Count);
}
