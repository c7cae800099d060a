using SimClr.Data;
using SimClr.Features;
using SimClr.Optimization;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Classification;

/// <summary>
/// Trains copies of a run's encoder further on some of the labeled images, by the cross-entropy of a linear classifier that
/// is trained along and set aside afterwards. Views are random crops and their mirror images.
/// </summary>
/// <remarks>
/// Batch norms keep their running statistics, in training too: with ten images of a class the mean of a batch says more about
/// which images are in it than about images at large, and so the network is trained as it is used. The classifier begins where
/// the regularized one on the frozen encoder ends, so that no gradient of a random one disturbs what was learned before (Kumar
/// et al. 2022, arXiv:2202.10054). AdamW adapts its steps to each weight, so that one learning rate suits encoders whose
/// weights have other norms.
/// </remarks>
/// <param name="request">The request.</param>
/// <param name="run">The run.</param>
/// <param name="imageSize">Side S of the images in pixels.</param>
/// <param name="images">The labeled images.</param>
/// <param name="frozen">Their vectors by the run's encoder.</param>
/// <param name="asItIs">Cross-validation of the classifier on these vectors; training begins with its penalty.</param>
internal sealed class EncoderTuning(ImageClassifierRequest request, RunFolder run, int imageSize, IImageDataset images,
    FeatureSet frozen, CrossValidation asItIs)
{
    private const int BatchSize = 16, FewestSteps = 150, FewestEpochs = 5;

    private readonly PretrainingOptions _options = run.ReadConfig().Options;

    /// <summary>The vectors of all labeled images by the run's encoder.</summary>
    public FeatureSet Frozen => frozen;

    /// <summary>Cross-validates: for each fold a copy is trained, with the images of the other folds alone.</summary>
    /// <param name="part">Which part of it.</param>
    /// <param name="progress">Receives a line for each fold; or null.</param>
    /// <param name="cancellationToken">Checked between steps and fits.</param>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    public CrossValidation CrossValidate(
        FineTunedPart part, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (part == FineTunedPart.Never) return asItIs;
        var sets = new FeatureSet[asItIs.Folds];
        for (var f = 0; f < sets.Length; f++)
        {
            progress?.Report($"fine-tuning ({EncoderChoice.Word(part)}) without fold {f + 1} of {sets.Length}");
            using var tuned = Fit(part, RowsWhere(fold => fold != f), cancellationToken);
            sets[f] = Embed(tuned, cancellationToken);
        }
        return CrossValidation.Run(asItIs.Fold, sets, cancellationToken);
    }

    /// <summary>Trains a copy with all labeled images.</summary>
    /// <param name="part">Which part of it.</param>
    /// <param name="progress">Receives the name of the stage; or null.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>The trained encoder, owned by the caller; null where none is to be trained.</returns>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    public Embedder? Fit(FineTunedPart part, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (part == FineTunedPart.Never) return null;
        progress?.Report($"fine-tuning ({EncoderChoice.Word(part)}) with all labeled images");
        return Fit(part, RowsWhere(_ => true), cancellationToken);
    }

    /// <summary>The vectors of all labeled images by a trained encoder.</summary>
    /// <exception cref="DataException">An image can no longer be read.</exception>
    public FeatureSet Embed(Embedder tuned, CancellationToken cancellationToken)
    {
        var (_, set, missing) = LabeledImages.Embed(tuned, images, logger: null, cancellationToken);
        return missing == 0
            ? set
            : throw new DataException($"{images.Name}: an image could be read before and no longer can; leave the files alone.");
    }

    private Embedder Fit(FineTunedPart part, int[] rows, CancellationToken cancellationToken)
    {
        var body = Backbone.Open(run, _options.Model, request.Layer);
        var network = new FineTuningNetwork(body, body.Dimension, frozen.ClassCount) { KeepsStatistics = true };
        try
        {
            foreach (var (name, parameter) in body.named_parameters()) parameter.requires_grad = IsTuned(name, part);
            using (var path = new RegularizationPath(frozen, rows))
            {
                var start = path.Fit(asItIs.WeightDecay);
                network.BeginWith(start.Weights, start.Intercepts);
            }
            FineTuningLoop.Fit(network, Settings(rows.Length), Subset.Of(images, rows), new(), "fine-tuning", null,
                cancellationToken);
            network.DisposeClassifier();
            return Embedder.Of(body, _options.Model, request.ToEmbedder());
        }
        catch (TrainingDivergedException)
        {
            network.Dispose();
            throw new TrainingDivergedException($"The loss of fine-tuning is not a number any more; try a lower "
                + $"{nameof(request.FinetuneLearningRate)} than {request.FinetuneLearningRate}.")
            {
                Setting = nameof(request.FinetuneLearningRate),
            };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private int[] RowsWhere(Func<int, bool> isMeant) =>
        [.. Enumerable.Range(0, frozen.Count).Where(row => isMeant(asItIs.Fold[row]))];

    private SupervisedOptions Settings(int labels)
    {
        var batch = Math.Min(labels, BatchSize);
        var epochs = request.FinetuneEpochs ?? Math.Max(FewestEpochs, (FewestSteps - 1) / (labels / batch) + 1);
        return new SupervisedOptions
        {
            Model = _options.Model with { ImageSize = imageSize },
            Views = _options.Views with { Transforms = "crop,flip" },
            Optimization = new() { Optimizer = OptimizerKind.AdamW, WeightDecay = 0 },
            Schedule = new()
            {
                Epochs = epochs,
                LearningRate = request.FinetuneLearningRate,
                LearningRateScaling = LearningRateScaling.None,
                WarmupEpochs = 0,
            },
            Compute = new()
            {
                Precision = request.Use.Precision,
                Device = request.Use.Device,
                Threads = request.Threads,
                Workers = request.Use.Workers,
            },
            BatchSize = batch,
            Seed = request.Seed,
        };
    }

    /// <summary>Whether a parameter is one of a part: of the last stages, and of the projection head always.</summary>
    private static bool IsTuned(string name, FineTunedPart part)
    {
        var stages = part switch
        {
            FineTunedPart.LastStage => 1,
            FineTunedPart.LastTwoStages => 2,
            FineTunedPart.LastThreeStages => 3,
            _ => 0,
        };
        return stages == 0 || !name.StartsWith("encoder.", StringComparison.Ordinal)
            || Enumerable.Range(5 - stages, stages).Any(n => name.StartsWith($"encoder.layer{n}.", StringComparison.Ordinal));
    }
}
