using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SimClr.Files;

namespace SimClr.Studies;

/// <summary>A study's results for programs.</summary>
public static class StudyFiles
{
    private const string Header = "cell,panel,row,column,seed,epochs,steps,parameters,loss,contrastive_top1,entropy,linear_top1,"
        + "linear_top5,knn_top1,z_linear_top1,seconds,paper_top1";

    /// <summary>A line for each finished run; accuracies are fractions, and what is not known is empty.</summary>
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
        return new JsonObject
        {
            ["study"] = result.Study.Name,
            ["title"] = result.Study.Title,
            ["source"] = result.Study.Source,
            ["out"] = result.Out,
            ["scale"] = result.Scale,
            ["paper_scale"] = result.Study.PaperScale,
            ["baselines"] = result.Baselines is { } baselines
                ? new JsonObject { ["raw_pixels"] = baselines.RawPixels, ["random_encoder"] = baselines.RandomEncoder }
                : null,
            ["wanted"] = result.Wanted,
            ["finished"] = result.Finished,
            ["interrupted"] = result.Interrupted,
            ["cells"] = new JsonArray([.. result.Cells.Select(Cell)]),
        };
    }

    private static JsonObject Cell(CellResult cell)
    {
        var json = new JsonObject
        {
            ["cell"] = cell.Cell.Key,
            ["panel"] = cell.Panel,
            ["row"] = cell.Row,
            ["column"] = cell.Column,
            ["n"] = cell.Runs.Count,
            ["diverged"] = cell.Diverged.Count,
            ["parameters"] = cell.Runs.Count > 0 ? cell.Runs[0].Parameters : null,
        };
        Add("linear", cell.Linear);
        Add("linear_top5", cell.Of(run => run.LinearTop5));
        Add("knn", cell.Knn);
        Add("z_linear", cell.Projection);
        Add("loss", cell.Of(run => run.Loss));
        Add("contrastive_top1", cell.ContrastiveTop1);
        Add("entropy", cell.Entropy);
        Add("seconds", cell.Of(run => run.Seconds));
        json["paper_top1"] = cell.Cell.Paper?.Top1;
        json["paper_contrastive_top1"] = cell.Cell.Paper?.ContrastiveTop1;
        json["paper_entropy"] = cell.Cell.Paper?.Entropy;
        return json;

        void Add(string name, Spread? spread)
        {
            json[$"{name}_mean"] = spread?.Mean;
            json[$"{name}_std"] = spread?.Deviation;
        }
    }
}
