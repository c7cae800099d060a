using SimClr.Evaluation;

namespace SimClr.Studies;

/// <summary>The content of a study's <c>summary.json</c>, in its order.</summary>
internal sealed record StudySummary(string Study, string Title, string Source, string Out, string Scale, string PaperScale,
    EvaluationBaselines? Baselines, int Wanted, int Finished, bool Interrupted, IReadOnlyList<CellSummary> Cells);

/// <summary>A cell of it: mean and standard deviation of each figure over the seeds, and the paper's figures.</summary>
internal sealed record CellSummary(string Cell, string Panel, string Row, string Column, int N, int Diverged, long? Parameters,
    double? LinearMean, double? LinearStd, double? LinearTop5Mean, double? LinearTop5Std, double? KnnMean, double? KnnStd,
    double? ZLinearMean, double? ZLinearStd, double? LossMean, double? LossStd,
    double? ContrastiveTop1Mean, double? ContrastiveTop1Std, double? EntropyMean, double? EntropyStd,
    double? SecondsMean, double? SecondsStd, double? PaperTop1, double? PaperContrastiveTop1, double? PaperEntropy)
{
    public static CellSummary Of(CellResult cell)
    {
        var (linear, top5, knn, z) = (cell.Linear, cell.Of(run => run.LinearTop5), cell.Knn, cell.Projection);
        var (loss, seconds) = (cell.Of(run => run.Loss), cell.Of(run => run.Seconds));
        var paper = cell.Cell.Paper;
        return new(cell.Cell.Key, cell.Panel, cell.Row, cell.Column, cell.Runs.Count, cell.Diverged.Count,
            cell.Runs.Count > 0 ? cell.Runs[0].Parameters : null,
            linear?.Mean, linear?.Deviation, top5?.Mean, top5?.Deviation, knn?.Mean, knn?.Deviation, z?.Mean, z?.Deviation,
            loss?.Mean, loss?.Deviation, cell.ContrastiveTop1?.Mean, cell.ContrastiveTop1?.Deviation,
            cell.Entropy?.Mean, cell.Entropy?.Deviation, seconds?.Mean, seconds?.Deviation,
            paper?.Top1, paper?.ContrastiveTop1, paper?.Entropy);
    }
}
