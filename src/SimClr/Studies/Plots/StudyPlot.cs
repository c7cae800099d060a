namespace SimClr.Studies.Plots;

/// <summary>A study's results as a picture in the paper's form.</summary>
internal static class StudyPlot
{
    /// <summary>Draws to a PNG file; nothing where there is nothing to draw yet.</summary>
    public static void Write(string path, StudyResult result)
    {
        if (!result.Cells.Any(cell => cell.Runs.Count > 0)) return;
        var aside = $"{path}.{Environment.ProcessId}.png";
        switch (result.Study.Form)
        {
            case StudyForm.HeatMap: HeatMapPlot.Write(aside, result); break;
            case StudyForm.Parameters: ParametersPlot.Write(aside, result); break;
            default: BarsPlot.Write(aside, result); break;
        }
        File.Move(aside, path, overwrite: true);
    }
}
