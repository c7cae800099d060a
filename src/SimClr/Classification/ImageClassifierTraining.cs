using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Classification;

/// <summary>
/// Makes a classifier of a run's encoder and few labeled images: the multinomial logistic regression of the linear evaluation,
/// with a penalty and a temperature that cross-validation chooses. The encoder stays as it is, or a copy of it is trained too.
/// </summary>
public static class ImageClassifierTraining
{
    /// <summary>Learns, measures and writes the file.</summary>
    /// <param name="request">The request.</param>
    /// <param name="logger">Receives a warning for each image that cannot be read and is left out; or null.</param>
    /// <param name="progress">Receives the name of each stage, in a few words; or null.</param>
    /// <param name="cancellationToken">Checked between batches, steps and fits.</param>
    /// <exception cref="SettingsException">The request is out of bounds, or the run's head has no such layer.</exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet, or lacks the head.</exception>
    /// <exception cref="DataException">The data cannot be used, or a class has fewer than two readable images.</exception>
    /// <exception cref="ImageClassifierException">The file cannot be written; one before is still there.</exception>
    /// <exception cref="TrainingDivergedException">The loss of fine-tuning is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing was written.</exception>
    public static TrainedImageClassifier Run(ImageClassifierRequest request, ILogger? logger = null,
        IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validated();
        var run = RunFolder.Open(request.Run);
        run.RequireEncoder();
        var file = Destination(request, run);
        using var output = ClassifierFile.Begin(file);
        TorchRuntime.SetThreads(request.Threads);
        using var opened = Embedder.Open(request.Run, request.ToEmbedder());
        var data = LabeledImages.Open(request, opened.ImageSize);
        progress?.Report($"embedding images of {data.Train.Name}");
        var (images, frozen, missing) = LabeledImages.Embed(opened, data.Train, logger, cancellationToken);
        LabeledImages.RequireEnough(frozen);

        progress?.Report("cross-validation");
        var asItIs = CrossValidation.Run(frozen, request.Folds, request.Seed, cancellationToken);
        var tuning = new EncoderTuning(request, run, opened.ImageSize, images, frozen, asItIs);
        var (part, validation, found) = EncoderChoice.Of(request.Finetune, tuning, progress, cancellationToken);
        using var tuned = tuning.Fit(part, progress, cancellationToken);
        var (embedder, train) = tuned is null ? (opened, frozen) : (tuned, tuning.Embed(tuned, cancellationToken));
        progress?.Report("linear classifier on all labeled images");
        LinearClassifier classifier;
        using (var path = new RegularizationPath(train, [.. Enumerable.Range(0, train.Count)]))
            classifier = path.Fit(validation.WeightDecay);

        var quality = found with { UnreadableImages = missing };
        if (data.Test is not null)
        {
            progress?.Report($"embedding images of {data.Test.Name}");
            var (_, test, alsoMissing) = LabeledImages.Embed(embedder, data.Test, logger, cancellationToken);
            quality = quality with
            {
                UnreadableImages = missing + alsoMissing,
                Test = ClassifierJudge.Of(classifier, found.Temperature, test),
            };
        }
        ClassifierFile.Write(output, new ClassifierContent(embedder.Network, run.ReadConfig().Options, request.Layer,
            embedder.ImageSize, WeightsOrigin.HashOf(run.Encoder), classifier, found.Temperature, quality));
        return new(file, new FileInfo(file).Length, quality);
    }

    private static string Destination(ImageClassifierRequest request, RunFolder run)
    {
        const string Usual = "classifier.safetensors";
        var file = request.Out ?? (Path.Exists(request.Run) ? run.File(Usual) : Path.GetFullPath(Usual)); // not in the cache
        foreach (var own in (string[])[run.Encoder, run.Projection])
            if (Path.GetFullPath(file) == Path.GetFullPath(own))
                throw Wrong($"must not be {own}, which holds the run's own weights.");
        if (Directory.Exists(file)) throw Wrong($"must be a file; {file} is a folder.");
        return file;

        SettingsException Wrong(string what) =>
            new($"{nameof(request.Out)} {what}") { Setting = nameof(request.Out), File = file };
    }
}
