using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Files;
using SimClr.Images;
using SimClr.Runs;

namespace SimClr.Reporting;

/// <summary>
/// The report of a run for people: <c>report.html</c>, one file that needs nothing else, <c>loss.png</c>, <c>views.png</c>,
/// <c>confusion-PROTOCOL.png</c>, and the curves for TensorBoard in <c>tensorboard</c>. Made from what the run folder holds;
/// writing it again after an evaluation adds the evaluation.
/// </summary>
public static class RunReport
{
    /// <summary>Name of the image of views in a run folder.</summary>
    internal const string ViewsFile = "views.png";

    // Larger views would say no more and make the page heavy.
    private const int LargestView = 160;

    /// <summary>Writes the report of a run.</summary>
    /// <param name="runFolder">The folder of a run, finished or not.</param>
    /// <returns>The path of <c>report.html</c>.</returns>
    /// <exception cref="RunFolderException">There is no run there, or one of its files is damaged.</exception>
    public static string Write(string runFolder) => WriteOn(null, runFolder);

    /// <summary>Writes the report of a run whose data others use too.</summary>
    /// <param name="runFolder">The folder of a run, finished or not.</param>
    /// <param name="data">The run's data; opened only where the grid of views is not drawn yet.</param>
    /// <returns>The path of <c>report.html</c>.</returns>
    /// <exception cref="RunFolderException">There is no run there, or one of its files is damaged.</exception>
    public static string Write(string runFolder, OpenedData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return WriteOn(data, runFolder);
    }

    private static string WriteOn(OpenedData? data, string runFolder)
    {
        var record = RunRecord.Read(runFolder);
        var curve = TrainingCurve.Of(record);
        if (curve.CanBeDrawn) LossPlot.Write(record.Folder.File("loss.png"), curve);
        foreach (var result in record.Evaluations) DrawConfusion(record.Folder, result);
        TensorBoardLog.Write(record);
        DrawViews(record, data ?? new OpenedData(record.Config.Data));
        AtomicFile.Write(record.Folder.Report, ReportPage.Html(record, curve));
        return record.Folder.Report;
    }

    private static void DrawConfusion(RunFolder folder, EvaluationResult result)
    {
        if (result is not { Confusion: { } counts, PerClassTop1: { } classes }) return;
        ConfusionPlot.Write(folder.Confusion(result.Protocol, result.Layer, result.UseViews ?? 1), counts, [.. classes.Keys],
            $"{ReportWords.Protocol(result)}: {ReportText.Percent(result.Top1)}");
    }

    /// <summary>Draws the grid of views once; not where the data is no longer in its place.</summary>
    private static void DrawViews(RunRecord record, OpenedData data)
    {
        var path = record.Folder.File(ViewsFile);
        if (File.Exists(path) || record.Config.IsImported) return;
        var options = record.Config.Options;
        try
        {
            var side = Math.Min(options.Model.ImageSize.Last, LargestView);
            var shown = options with { Model = options.Model with { ImageSize = side } };
            ImageCodec.WritePng(path, PreviewGrid.Render(data.At(options.Model.DrawnSide).Train, shown));
        }
        catch (DataException)
        {
            // The page has no views then.
        }
    }
}
