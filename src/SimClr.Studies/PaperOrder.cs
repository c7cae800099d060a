namespace SimClr.Studies;

/// <summary>How far the cells stand in the paper's order, which says more than the numbers where the scales differ.</summary>
/// <param name="Agreeing">Pairs of cells that stand in the same order here and in the paper.</param>
/// <param name="Pairs">Pairs of cells which the paper tells apart.</param>
public sealed record PaperOrder(int Agreeing, int Pairs)
{
    /// <summary>Compares the linear top-1 of every two cells that both have figures.</summary>
    public static PaperOrder Of(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var cells = result.Cells.Where(cell => cell.Linear is not null && cell.Cell.Paper is not null).ToList();
        var signs = from i in Enumerable.Range(0, cells.Count)
                    from j in Enumerable.Range(0, i)
                    let paper = Math.Sign(cells[i].Cell.Paper!.Top1 - cells[j].Cell.Paper!.Top1)
                    where paper != 0
                    select Math.Sign(cells[i].Linear!.Mean - cells[j].Linear!.Mean) == paper;
        var list = signs.ToList();
        return new PaperOrder(list.Count(same => same), list.Count);
    }
}
