using SimClr.Classification;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>How good a classifier is: a table of its classes, and what holds for all of them.</summary>
internal static class QualityLines
{
    private const int MostRows = 40;

    public static void Show(Session session, PictureClassifierQuality quality)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("class")
            .AddColumn(new TableColumn("pictures").RightAligned()).AddColumn(new TableColumn("recognised").RightAligned());
        foreach (var (name, pictures, top1) in quality.Classes.Take(MostRows))
            table.AddRow(new Text(name), new Text(Numbers.Count(pictures)), new Text(Numbers.Percent(top1)));
        session.Results.Write(table);
        var results = session.Results;
        if (quality.Classes.Count > MostRows)
            results.WriteLine($"and {quality.Classes.Count - MostRows} more classes (--json lists all)");
        var spread = FormattableString.Invariant($"± {100 * quality.Top1Deviation:0.0} between {quality.Folds} folds");
        results.WriteLine($"Cross-validated: {Numbers.Percent(quality.Top1)} of {Numbers.Count(quality.Pictures)} pictures "
            + $"right, {spread}; always naming the most frequent class: {Numbers.Percent(quality.MostFrequentClass)}.");
        results.WriteLine(Calibration(quality.Temperature, quality.Uncalibrated, quality.Calibrated));
        if (quality.Test is { } test)
        {
            results.WriteLine($"Test part: {Numbers.Percent(test.Top1)} of {Numbers.Count(test.Pictures)} pictures right.");
            results.WriteLine(Calibration(quality.Temperature, test.Uncalibrated, test.Calibrated));
        }
        if (quality.UnreadablePictures > 0)
            session.Note($"{Numbers.Count(quality.UnreadablePictures)} pictures cannot be read and were left out.");
        foreach (var warning in quality.Warnings) session.Notes.WriteLine($"Warning: {warning}");
    }

    private static string Calibration(double temperature, ProbabilityQuality before, ProbabilityQuality after) =>
        FormattableString.Invariant($"Calibration error: {before.CalibrationError:0.000} as it is, ")
        + FormattableString.Invariant($"{after.CalibrationError:0.000} with temperature {temperature:0.00} ")
        + FormattableString.Invariant($"({after.ChanceCalibrationError:0.000} by chance, if every probability were right).");
}
