using SimClr.Files;

namespace SimClr.Studies;

/// <summary>A study's results as an image in the paper's form.</summary>
internal static class StudyPlot
{
    /// <summary>Draws to a PNG file; nothing where there is nothing to draw yet.</summary>
    public static void Write(string path, StudyResult result)
    {
        if (!result.Cells.Any(cell => cell.Runs.Count > 0)) return;
        AtomicFile.Write(path, result.Study.Form switch
        {
            StudyForm.HeatMap => HeatMapPlot.Png(result),
            StudyForm.Parameters => ParametersPlot.Png(result),
            _ => BarsPlot.Png(result),
        });
    }
}
