using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Evaluation;

/// <summary>
/// The supervised baseline: the same network as SimCLR's, trained from scratch with labels and cross-entropy on one augmented
/// view of every image.
/// </summary>
public static class SupervisedTraining
{
    /// <summary>Trains the network of a run from scratch with some labels, and judges it on the test part.</summary>
    /// <param name="request">Which run, data and labels, and how to train; views are the run's unless it says otherwise.</param>
    /// <param name="progress">Receives the figures of each epoch.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>
    /// The result, also written to <c>RUN/evaluation-supervised-LABELS-seedS.json</c>. Which labels were used is written to
    /// <c>RUN/labels-COUNT-seedSEED.json</c> unless it is all of them.
    /// </returns>
    /// <exception cref="SettingsException">The request is out of bounds.</exception>
    /// <exception cref="RunFolderException">There is no such run.</exception>
    /// <exception cref="DataException">As for fine-tuning.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; no result was written.</exception>
    public static FineTuningResult Run(FineTuningRequest request, IProgress<FineTuningProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Validated().Layer > 0)
            throw new SettingsException(
                $"{nameof(request.Layer)} is for fine-tuning; a network that is trained from scratch has no projection head.")
            {
                Setting = nameof(request.Layer),
            };
        var run = RunFolder.Open(request.Run);
        var options = run.ReadConfig().Options;
        var data = DatasetSource.Open(request.Data, options.Model.EvaluationSide);
        data.RequireLabels();
        var labels = ChosenLabels.Choose(request, data.Train, run);
        var settings = request.Training.Resolve(options, isPretrained: false, labels.Count, labels.Subset.Fraction);
        data = data with { Train = labels.Images };
        var result = labels.Mark(FromScratch(settings, data, progress, cancellationToken)) with
        {
            MeasuredOn = EvaluatedData.Describe(request.Data, data, pretraining: null, cancellationToken),
        };
        RunFolder.Write(ChosenLabels.ResultIn(run, result), result.ToJson());
        return result;
    }

    /// <summary>Trains a network from scratch, with settings taken at their word; needs no run and writes nothing.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="data">Images with labels, train and test part.</param>
    /// <param name="labels">Which training labels to use; null means all.</param>
    /// <param name="progress">Receives the figures of each epoch.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="SettingsException">A setting is out of bounds.</exception>
    /// <exception cref="DataException">
    /// The data has no labels or no test part, fewer labels than a batch takes, or is not what the labels were chosen from.
    /// </exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static FineTuningResult Run(SupervisedOptions settings, DataSplits data, LabelSubset? labels = null,
        IProgress<FineTuningProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(data);
        data.RequireLabels();
        labels ??= LabelSubset.OfFraction(data.Train, 1, settings.Seed);
        var images = labels.ApplyTo(data.Train);
        return FromScratch(settings.Validated(), data with { Train = images }, progress, cancellationToken) with
        {
            Fraction = labels.Fraction,
        };
    }

    internal static FineTuningResult FromScratch(SupervisedOptions settings, DataSplits data,
        IProgress<FineTuningProgress>? progress, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        var (encoder, head) = (settings.Model.ToResNet(), settings.Model.ToHead());
        var body = new Backbone(encoder, head, layer: 0, settings.Seed);
        using var network = new FineTuningNetwork(body, body.Dimension, data.Train.ClassNames.Count);
        return Judge("supervised", network, settings, data, progress, cancellationToken);
    }

    /// <summary>Trains a network with all labels of the training part, and then judges it on the test part.</summary>
    internal static FineTuningResult Judge(string protocol, FineTuningNetwork network, SupervisedOptions settings,
        DataSplits data, IProgress<FineTuningProgress>? progress, CancellationToken cancellationToken)
    {
        var (unreadableTrain, unreadableTest) = (new UnreadableImages(), new UnreadableImages());
        var stage = protocol == "finetune" ? "fine-tuning" : "training from scratch";
        var figures = FineTuningLoop.Fit(network, settings, data.Train, unreadableTrain, stage, progress, cancellationToken);
        var (top1, top5, count) = FineTuningTest.Measure(network, settings, data.Test, unreadableTest, cancellationToken);
        return new FineTuningResult(
            protocol, top1, top5, count, data.Train.ClassNames.Count, Fraction: 1, data.Train.Count, settings.Schedule.Epochs)
        {
            Steps = figures.Steps,
            BatchSize = settings.BatchSize,
            Optimizer = SettingChoices.Optimizer.WordOf(settings.Optimization.Optimizer),
            LearningRate = settings.Schedule.Create(stepsPerEpoch: 1, settings.BatchSize).Peak,
            WeightDecay = settings.Optimization.WeightDecay,
            Transforms = settings.Views.Transforms,
            Seed = settings.Seed,
            TrainLoss = figures.Loss,
            TrainTop1 = figures.Top1,
            Seconds = figures.Seconds,
            UnreadableImages = unreadableTrain.Count + unreadableTest.Count,
        };
    }
}
