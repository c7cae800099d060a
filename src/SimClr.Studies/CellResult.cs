using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The state and results of a cell.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Options">Its settings, with the first of its seeds.</param>
/// <param name="Runs">Finished runs, in the order of the study's seeds.</param>
/// <param name="Diverged">Seeds with which training diverged; they have no figures.</param>
public sealed record CellResult(
    StudyCell Cell, PretrainingOptions Options, IReadOnlyList<CellRun> Runs, IReadOnlyList<ulong> Diverged)
{
    /// <summary>The part of the figure.</summary>
    public string Panel => Study.Label(Cell.Panel, Options);

    /// <summary>The series.</summary>
    public string Row => Study.Label(Cell.Row, Options);

    /// <summary>The place in the series.</summary>
    public string Column => Study.Label(Cell.Column, Options);

    /// <summary>The label of the cell, made of the parts that distinguish it.</summary>
    public string Label => string.Join(", ", new[] { Panel, Row, Column }.Where(text => text != ""));

    /// <summary>Linear evaluation, top-1.</summary>
    public Spread? Linear => Of(run => run.LinearTop1);

    /// <summary>Nearest neighbors, top-1.</summary>
    public Spread? Knn => Of(run => run.KnnTop1);

    /// <summary>Contrastive accuracy.</summary>
    public Spread? ContrastiveTop1 => Of(run => run.ContrastiveTop1);

    /// <summary>Entropy of the candidates; null where it was not logged.</summary>
    public Spread? Entropy => Of(run => run.Entropy);

    /// <summary>Linear evaluation of z, top-1; null where it was not judged.</summary>
    public Spread? Projection => Of(run => run.ProjectionTop1);

    /// <summary>The spread of a figure over the runs that have it; null without any.</summary>
    public Spread? Of(Func<CellRun, double?> figure) => Spread.Of([.. Runs.Select(figure).OfType<double>()]);
}
