using SimClr.Evaluation;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Studies;

/// <summary>The results of the demo.</summary>
/// <param name="Pretraining">How training went.</param>
/// <param name="Linear">Linear evaluation with its baselines.</param>
/// <param name="Knn">Nearest neighbors with their baselines.</param>
/// <param name="Report">The page to look at.</param>
public sealed record DemoResult(PretrainingSummary Pretraining, EvaluationResult Linear, EvaluationResult Knn, string Report);

/// <summary>The whole story on the built-in shapes: preview, pretrain, evaluate, report. Needs no download.</summary>
public static class Demo
{
    private const string Data = "shapes";
    private const string QuickData = "shapes:500";

    /// <summary>Runs the demo.</summary>
    /// <param name="outFolder">A folder that holds no run yet.</param>
    /// <param name="quick">A few seconds on few images: shows that everything works, not that it learns.</param>
    /// <param name="progress">Receives every logged training step.</param>
    /// <param name="stage">Receives the name of each stage, in a few words.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="RunFolderException">The folder holds a run already or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DemoResult Run(string outFolder, bool quick = false, IProgress<TrainingMetrics>? progress = null,
        IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        var data = quick ? QuickData : Data;
        var options = PretrainingOptions.Compose(Preset.Load("shapes-quick").Settings);
        if (quick) options = options with { Schedule = options.Schedule with { Epochs = 2, WarmupEpochs = 0 }, BatchSize = 100 };
        stage?.Report("pretraining without labels");
        var summary = Pretrainer.Run(options, data, outFolder, progress, cancellationToken: cancellationToken);
        if (summary.Interrupted) throw new OperationCanceledException(cancellationToken);
        var request = new EvaluationRequest { Run = outFolder, Data = data };
        var evaluated = RunEvaluation.Evaluate(request, ["linear", "knn"], stage, cancellationToken);
        RunGallery.Draw(evaluated, stage);
        stage?.Report("report");
        return new DemoResult(summary, evaluated.Results[0], evaluated.Results[1], RunReport.Write(outFolder));
    }
}
