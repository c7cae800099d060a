using SimClr.Classification;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>The quality of a classifier: a table of its classes, and the figures of all of them.</summary>
internal static class QualityLines
{
    private const int MaxRows = 40;

    public static void Show(Session session, ImageClassifierQuality quality)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("class")
            .AddColumn(new TableColumn("images").RightAligned()).AddColumn(new TableColumn("recognized").RightAligned());
        foreach (var (name, images, top1) in quality.Classes.Take(MaxRows))
            table.AddRow(new Text(name), new Text(Numbers.Count(images)), new Text(Numbers.Percent(top1)));
        session.Results.Write(table);
        var results = session.Results;
        if (quality.Classes.Count > MaxRows)
            results.WriteLine($"and {quality.Classes.Count - MaxRows} more classes (--json lists all)");
        var spread = FormattableString.Invariant($"± {100 * quality.Top1Deviation:0.0} between {quality.Folds} folds");
        results.WriteLine($"Cross-validated: {Numbers.Percent(quality.Top1)} of {Numbers.Count(quality.Images)} images "
            + $"right, {spread}; always naming the most frequent class: {Numbers.Percent(quality.MostFrequentClass)}.");
        results.WriteLine(Calibration(quality.Temperature, quality.Uncalibrated, quality.Calibrated));
        if (quality.Finetune is { Compared.Count: > 0 } finetune) results.WriteLine(FineTuning(finetune));
        if (quality.Test is { } test)
        {
            results.WriteLine($"Test part: {Numbers.Percent(test.Top1)} of {Numbers.Count(test.Images)} images right.");
            results.WriteLine(Calibration(quality.Temperature, test.Uncalibrated, test.Calibrated));
        }
        session.NoteUnreadable(quality.UnreadableImages);
        foreach (var warning in quality.Warnings) session.Notes.WriteLine($"Warning: {warning}");
    }

    private static string FineTuning(FineTuningQuality quality)
    {
        var compared = quality.Compared.Select(one => $"{one.Finetune} {Numbers.Percent(one.Top1)}, log loss "
            + FormattableString.Invariant($"{one.LogLoss:0.000}"));
        return $"Fine-tuning, cross-validated: {string.Join("; ", compared)}. Chosen: {quality.Chosen}.";
    }

    private static string Calibration(double temperature, ProbabilityQuality before, ProbabilityQuality after) =>
        FormattableString.Invariant($"Calibration error: {before.CalibrationError:0.000} as it is, ")
        + FormattableString.Invariant($"{after.CalibrationError:0.000} with temperature {temperature:0.00} ")
        + FormattableString.Invariant($"({after.ChanceCalibrationError:0.000} by chance, if every probability were right).");
}
