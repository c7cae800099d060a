using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Files;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>
/// Runs a study in a folder: every cell with every seed is a run in <c>cells/KEY-sSEED</c>, judged by linear evaluation and
/// nearest neighbors. Finished runs stay, interrupted ones go on, and the results are written again after each run.
/// </summary>
public static class StudyRunner
{
    /// <summary>Runs the chosen cells of a study that are not finished yet.</summary>
    /// <param name="study">The study.</param>
    /// <param name="data">DATA with labels and a test part; labels are used for judging only.</param>
    /// <param name="outFolder">A new folder, or one in which this study has begun with the same data and settings.</param>
    /// <param name="options">Which part to run, and at which scale.</param>
    /// <param name="progress">Receives every logged training step.</param>
    /// <param name="stage">Receives the name of each stage, in a few words.</param>
    /// <param name="logger">Receives a warning for each run that diverges and each image that cannot be read; or null.</param>
    /// <param name="cancellationToken">Checked between steps: the state is saved, and the result says <c>Interrupted</c>.</param>
    /// <returns>Everything that is finished in the folder.</returns>
    /// <exception cref="SettingsException">A setting or a choice is wrong.</exception>
    /// <exception cref="DataException">The data cannot be used, or has no labels or no test part.</exception>
    /// <exception cref="StudyException">The folder holds something else, or the same with other settings.</exception>
    public static StudyResult Run(Study study, string data, string outFolder, StudyOptions? options = null,
        IProgress<TrainingMetrics>? progress = null, IProgress<string>? stage = null, ILogger? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentException.ThrowIfNullOrEmpty(outFolder);
        options = (options ?? new()).Validated();
        study.Validated();
        data = DatasetSource.Absolute(data);
        var splits = Labeled(data, study.Shared(options));
        var folder = new StudyFolder(outFolder);
        if (StudyRecord.Read(folder) is null && Directory.Exists(outFolder)
            && Directory.EnumerateFileSystemEntries(outFolder).Any())
            throw StudyException.OtherFolder(outFolder, "is not empty and holds no study");

        var chosen = study.Choose(options);
        var runs = (from seed in options.Seeds from cell in chosen select (cell, seed)).ToList();
        foreach (var (cell, seed) in runs)
            CellRunner.RequireSame(folder.Run(cell, seed), study.Compose(options, cell, seed), data);
        Directory.CreateDirectory(outFolder);
        using var claim = folder.Claim();
        var record = StudyRecord.Of(study, data, splits, options).Extend(StudyRecord.Read(folder), folder, study);
        record.Write(folder, study);

        for (var i = 0; i < runs.Count; i++)
        {
            var (cell, seed) = runs[i];
            var title = $"{i + 1}/{runs.Count} {cell.Key}, seed {seed}";
            Action<string>? say = stage is null ? null : words => stage.Report($"{title}: {words}");
            var runner = new CellRunner(data, progress, say, logger, cancellationToken);
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = folder.Run(cell, seed);
                var settings = study.Compose(options, cell, seed);
                runner.Finish(path, cell.Kind, settings, !File.Exists(folder.Baselines), study.JudgedLayer(settings));
                KeepBaselines(folder, path);
            }
            catch (OperationCanceledException)
            {
                return Write(folder, record, study, options, interrupted: true);
            }
            Write(folder, record, study, options, interrupted: false);
        }
        return Write(folder, record, study, options, interrupted: false);
    }

    private static DataSplits Labeled(string data, PretrainingOptions options)
    {
        var splits = DatasetSource.Open(data, options.Model.DrawnSide);
        splits.Train.RequireClasses("to judge runs by");
        splits.RequireTest("to judge runs by");
        return splits;
    }

    private static void KeepBaselines(StudyFolder folder, string run)
    {
        var path = Path.Combine(run, "evaluation-linear.json");
        if (File.Exists(folder.Baselines) || !File.Exists(path)) return;
        if (StudyJson.Read(path, "remove it to have it made again", json => json["baselines"]) is { } baselines)
            AtomicFile.Write(folder.Baselines, baselines.ToJsonString());
    }

    private static EvaluationBaselines? ReadBaselines(StudyFolder folder)
    {
        if (!File.Exists(folder.Baselines)) return null;
        return StudyJson.Read(folder.Baselines, "remove it", json => new EvaluationBaselines(
            json["raw_pixels"]?.GetValue<double>(), json["random_encoder"]?.GetValue<double>()));
    }

    private static StudyResult Write(
        StudyFolder folder, StudyRecord record, Study study, StudyOptions options, bool interrupted)
    {
        var cells = from key in record.Cells
                    let cell = study.Find(key)
                    let settings = study.Compose(options, cell, record.Seeds[0])
                    let layer = study.JudgedLayer(settings)
                    let runs = record.Seeds.Select(seed => CellFolder.Read(folder.Run(cell, seed), seed, layer)).OfType<CellRun>()
                    let diverged = record.Seeds.Where(seed => CellFolder.HasDiverged(folder.Run(cell, seed)))
                    select new CellResult(cell, settings, [.. runs], [.. diverged]);
        var result = new StudyResult(study, folder.Path, record.DataName, record.Scale(study),
            [.. cells.Where(cell => cell.Runs.Count + cell.Diverged.Count > 0)], ReadBaselines(folder),
            record.Cells.Count * record.Seeds.Count, interrupted);
        AtomicFile.Write(folder.Results, StudyFiles.Csv(result));
        AtomicFile.Write(folder.Summary, StudyFiles.Summary(result).ToJsonString(JsonText.Indented));
        AtomicFile.Write(folder.Report, StudyReport.Markdown(result));
        StudyPlot.Write(folder.Plot(study.Name), result);
        AtomicFile.Write(folder.Page, StudyPage.Html(result, folder.Plot(study.Name)));
        return result;
    }
}
