using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>
/// Makes a classifier of a run's encoder and few labeled images: the multinomial logistic regression of the linear evaluation,
/// with a penalty and a temperature that cross-validation chooses. The encoder stays as it is.
/// </summary>
public static class ImageClassifierTraining
{
    private const int FewImages = 10, NamesInMessage = 6;

    /// <summary>Learns, measures and writes the file.</summary>
    /// <param name="request">The request.</param>
    /// <param name="logger">Receives a warning for each image that cannot be read and is left out; or null.</param>
    /// <param name="progress">Receives the name of each stage, in a few words; or null.</param>
    /// <param name="cancellationToken">Checked between batches and fits.</param>
    /// <exception cref="SettingsException">The request is out of bounds, or the run's head has no such layer.</exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet, or lacks the head.</exception>
    /// <exception cref="DataException">The data cannot be used, or a class has fewer than two readable images.</exception>
    /// <exception cref="ImageClassifierException">The file cannot be written; one before is still there.</exception>
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
        using var embedder = Embedder.Open(request.Run, new()
        {
            Layer = request.Layer,
            ImageSize = request.ImageSize,
            BatchSize = request.Use.BatchSize,
            Precision = request.Use.Precision,
            Device = request.Use.Device,
            Workers = request.Use.Workers,
        });
        var data = LabeledImages.Open(request, embedder.ImageSize);
        progress?.Report($"embedding images of {data.Train.Name}");
        var (train, missing) = LabeledImages.Embed(embedder, data.Train, logger, cancellationToken);
        LabeledImages.RequireEnough(train);

        progress?.Report("cross-validation");
        var validation = CrossValidation.Run(train, request.Folds, request.Seed, cancellationToken);
        var temperature = TemperatureScaling.Fit(validation.HeldOut);
        progress?.Report("linear classifier on all labeled images");
        LinearClassifier classifier;
        using (var path = new RegularizationPath(train, [.. Enumerable.Range(0, train.Count)]))
            classifier = path.Fit(validation.WeightDecay);

        var quality = Judge(validation, temperature, train) with { UnreadableImages = missing };
        if (data.Test is not null)
        {
            progress?.Report($"embedding images of {data.Test.Name}");
            var (test, alsoMissing) = LabeledImages.Embed(embedder, data.Test, logger, cancellationToken);
            quality = quality with { UnreadableImages = missing + alsoMissing, Test = Judge(classifier, temperature, test) };
        }
        ClassifierFile.Write(output, new ClassifierContent(embedder.Network, run.ReadConfig().Options, request.Layer,
            embedder.ImageSize, WeightsOrigin.HashOf(run.Encoder), classifier, temperature, quality));
        return new(file, new FileInfo(file).Length, quality);
    }

    private static string Destination(ImageClassifierRequest request, RunFolder run)
    {
        var file = request.Out ?? run.File("classifier.safetensors");
        foreach (var own in (string[])[run.Encoder, run.Projection])
            if (Path.GetFullPath(file) == Path.GetFullPath(own))
                throw Wrong($"must not be {own}, which holds the run's own weights.");
        if (Directory.Exists(file)) throw Wrong($"must be a file; {file} is a folder.");
        return file;

        SettingsException Wrong(string what) =>
            new($"{nameof(request.Out)} {what}") { Setting = nameof(request.Out), File = file };
    }

    private static ImageClassifierQuality Judge(CrossValidation validation, double temperature, FeatureSet set)
    {
        var (heldOut, folds) = (validation.HeldOut, validation.Folds);
        int[][] parts = [.. Enumerable.Range(0, folds).Select(f => Rows(row => validation.Fold[row] == f))];
        double[] top1 = [.. parts.Select(heldOut.Top1)];
        var mean = top1.Average();
        // A fold's own images have no say in the temperature that they are judged with.
        double[] temperatures = [.. Enumerable.Range(0, folds)
            .Select(f => TemperatureScaling.Fit(heldOut.Of(Rows(row => validation.Fold[row] != f))))];
        ClassQuality[] classes = [.. set.ClassNames.Select((name, c) =>
        {
            var members = Rows(row => set.Labels[row] == c);
            return new ClassQuality(name, members.Length, heldOut.Top1(members));
        })];
        var mostFrequent = (double)classes.Max(one => one.Images) / set.Count;
        return new(set.Count, 0, folds, validation.WeightDecay, temperature, heldOut.Top1(),
            Math.Sqrt(top1.Sum(value => (value - mean) * (value - mean)) / (folds - 1)), mostFrequent, heldOut.Quality(),
            heldOut.Cooled(row => temperatures[validation.Fold[row]]).Quality(), classes, null,
            [.. Warnings(classes, heldOut.Top1(), mostFrequent)]);

        int[] Rows(Func<int, bool> isMeant) => [.. Enumerable.Range(0, set.Count).Where(isMeant)];
    }

    private static TestQuality Judge(LinearClassifier classifier, double temperature, FeatureSet test)
    {
        var scores = classifier.Scores(test, [.. Enumerable.Range(0, test.Count)]);
        var scored = new ScoredImages(scores, test.Labels, test.ClassCount);
        return new(test.Count, scored.Top1(), scored.Quality(), scored.Cooled(_ => temperature).Quality());
    }

    private static IEnumerable<string> Warnings(ClassQuality[] classes, double top1, double mostFrequent)
    {
        string[] few = [.. classes.Where(one => one.Images < FewImages).Select(one => $"{one.Name} ({one.Images})")];
        if (few.Length > 0)
        {
            var more = few.Length > NamesInMessage ? $" and {few.Length - NamesInMessage} more classes" : "";
            yield return $"{string.Join(", ", few.Take(NamesInMessage))}{more}: fewer than {FewImages} images are too few to "
                + "tell how well a class is recognized.";
        }
        if (top1 <= mostFrequent)
            yield return "In cross-validation it does no better than always naming the most frequent class; do not rely on it.";
    }
}
