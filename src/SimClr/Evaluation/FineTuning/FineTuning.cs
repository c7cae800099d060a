using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Evaluation;

/// <summary>
/// Fine-tuning with few labels (the paper's Section 6 and Appendix B.5): a copy of a run's encoder, or of it and the first layers
/// of the projection head (SimCLR v2, arXiv:2006.10029), is trained further together with a linear classifier; all layers learn.
/// Beside it the same network is trained from scratch with the same labels. The run's own files stay as they are.
/// </summary>
public static class FineTuning
{
    /// <summary>Fine-tunes a run's encoder and judges it on the test part.</summary>
    /// <param name="request">Which run, data and labels, and how to train.</param>
    /// <param name="progress">Receives the figures of each epoch.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>
    /// The result, also written to <c>RUN/evaluation-finetune-LABELS-seedS.json</c>, with <c>-layerK</c> behind it for layer K
    /// of the head. Which labels were used is written to <c>RUN/labels-COUNT-seedSEED.json</c> unless it is all of them.
    /// </returns>
    /// <exception cref="SettingsException">The request is out of bounds, or the run's head has no such layer.</exception>
    /// <exception cref="RunFolderException">There is no such run, it has no encoder yet, or lacks the head.</exception>
    /// <exception cref="DataException">
    /// The data cannot be used, has no labels or no test part, fewer labels than classes, or is not what the labels were chosen
    /// from.
    /// </exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; no result was written.</exception>
    public static FineTuningResult Run(FineTuningRequest request, IProgress<FineTuningProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var run = RunFolder.Open(request.Validated().Run);
        var options = run.ReadConfig().Options;
        var data = DatasetSource.Open(request.Data, options.Model.EvaluationSide);
        return Run(request, data, progress, cancellationToken);
    }

    internal static FineTuningResult Run(FineTuningRequest request, DataSplits data,
        IProgress<FineTuningProgress>? progress, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        var run = RunFolder.Open(request.Validated().Run);
        var config = run.ReadConfig();
        var options = config.Options;
        run.RequireEncoder();
        data.RequireLabels();
        var body = Backbone.Open(run, options.Model, request.Layer);
        using var network = new FineTuningNetwork(body, body.Dimension, data.Train.ClassNames.Count);
        var labels = ChosenLabels.Choose(request, data.Train, run);
        var settings = request.Training.Resolve(options, isPretrained: true, labels.Count, labels.Subset.Fraction);
        data = data with { Train = labels.Images };
        var measuredOn = EvaluatedData.Describe(request.Data, data, config, cancellationToken);
        var result = labels.Mark(SupervisedTraining.Judge("finetune", network, settings, data, progress, cancellationToken)) with
        {
            Layer = request.Layer,
            MeasuredOn = measuredOn,
        };
        if (request.Baselines)
        {
            // With the same views, which suit few labels better than the strong ones of pretraining.
            var training = request.Training with { Transforms = settings.Views.Transforms };
            var scratch = training.Resolve(options, isPretrained: false, labels.Count, labels.Subset.Fraction);
            var baseline = SupervisedTraining.FromScratch(scratch, data, progress, cancellationToken) with
            {
                MeasuredOn = EvaluatedData.Describe(request.Data, data, pretraining: null, cancellationToken),
            };
            result = result with { Supervised = labels.Mark(baseline) };
        }
        RunFolder.Write(ChosenLabels.ResultIn(run, result), result.ToJson());
        return result;
    }
}
