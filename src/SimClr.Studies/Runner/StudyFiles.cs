using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Files;

namespace SimClr.Studies;

/// <summary>A study's results for programs.</summary>
public static class StudyFiles
{
    private const string Header = "cell,panel,row,column,seed,epochs,steps,parameters,loss,contrastive_top1,entropy,linear_top1,"
        + "linear_top5,knn_top1,z_linear_top1,seconds,paper_top1";

    /// <summary>A line for each finished run; accuracies are fractions, and unknown figures are empty.</summary>
    public static string Csv(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder(Header).Append('\n');
        foreach (var cell in result.Cells)
        {
            var place = $"{cell.Cell.Key},{CsvText.Quoted(cell.Panel)},{CsvText.Quoted(cell.Row)},{CsvText.Quoted(cell.Column)}";
            var paper = cell.Cell.Paper?.Top1;
            foreach (var run in cell.Runs)
                text.Append(CultureInfo.InvariantCulture, $"{place},{run.Seed},{run.Epochs},{run.Steps},{run.Parameters},")
                    .Append(CultureInfo.InvariantCulture, $"{run.Loss:R},{run.ContrastiveTop1:R},{run.Entropy:R},")
                    .Append(CultureInfo.InvariantCulture, $"{run.LinearTop1:R},{run.LinearTop5:R},{run.KnnTop1:R},")
                    .Append(CultureInfo.InvariantCulture, $"{run.ProjectionTop1:R},{run.Seconds:0.0},{paper:R}\n");
            foreach (var seed in cell.Diverged)
                text.Append(CultureInfo.InvariantCulture, $"{place},{seed},,,,NaN,,,,,,,,{paper:R}\n");
        }
        return text.ToString();
    }

    /// <summary>
    /// One object: <c>study, title, source, out, scale, paper_scale, baselines, wanted, finished, interrupted, cells</c>; each
    /// cell has <c>cell, panel, row, column, n, diverged</c>, and mean and deviation, <c>linear_mean</c>, <c>linear_std</c> …
    /// </summary>
    public static JsonObject Summary(StudyResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var summary = new StudySummary(result.Study.Name, result.Study.Title, result.Study.Source, result.Out, result.Scale,
            result.Study.PaperScale, result.Baselines, result.Wanted, result.Finished, result.Interrupted,
            [.. result.Cells.Select(CellSummary.Of)]);
        return JsonSerializer.SerializeToNode(summary, StudiesJson.Snake.StudySummary)!.AsObject();
    }
}
