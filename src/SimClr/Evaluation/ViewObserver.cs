using SimClr.Data;
using SimClr.Features;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>
/// Judges an encoder without labels: two views of each of some images are drawn as training draws them, and the score is the
/// share of the first ones whose nearest neighbor among all second ones, by cosine similarity of h, shows the same image.
/// </summary>
/// <remarks>
/// Training minimizes nearly the same, so that a higher score does not prove better features; a lower one does prove worse ones.
/// </remarks>
public sealed class ViewObserver : IEncoderObserver
{
    /// <summary>The most images that are compared; which ones follows from the run's seed.</summary>
    public const int MaxImages = 1_000;

    private readonly PretrainingOptions _options;
    private readonly IImageDataset _images;

    private ViewObserver(PretrainingOptions options, IImageDataset images) => (_options, _images) = (options, images);

    /// <summary>The observer of a run.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="data">The run's data: the test part where it has at least 100 images, else the training part.</param>
    /// <returns>Null where the settings do not ask to compare two encoders.</returns>
    /// <exception cref="DataException">The data cannot be opened.</exception>
    public static ViewObserver? Open(PretrainingOptions options, OpenedData data)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        if (!options.Adaptation.KeepBetter) return null;
        var (train, test) = data.At(options.Model.DrawnSide);
        const int enough = 100;
        var images = test.Count >= enough ? test : Subset.Limited(train, options.Limit, options.Seed);
        return new ViewObserver(options, Subset.First(images, MaxImages, options.Seed));
    }

    /// <summary>Measures nothing between epochs.</summary>
    public double? Measure(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken) => null;

    /// <inheritdoc/>
    public EncoderScore? Judge(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken)
    {
        try
        {
            using var extractor = RunObserver.Freeze(encoder, precision, _options);
            var model = _options.Model with { ImageSize = _options.Model.ImageSize.Last };
            var policy = _options.Views.CreatePolicies(model).First;
            var batches = extractor.Batches(
                _images, new EvaluationRendering.Augmented(policy, _options.Seed), new UnreadableImages());
            var first = Named(extractor.Extract(batches, _images.ClassNames, 0, cancellationToken));
            var second = Named(extractor.Extract(batches, _images.ClassNames, 1, cancellationToken));
            var found = KNearestNeighbors.Evaluate(second, first, new KnnOptions { K = 1, Device = _options.Compute.Device });
            return new(found.Top1, Adaptation.ViewsFound);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The same vectors, each image a class of its own.</summary>
    private static FeatureSet Named(FeatureSet set) => set with
    {
        Labels = [.. Enumerable.Range(0, set.Count)],
        ClassNames = [.. Enumerable.Range(0, set.Count).Select(index => $"image {index}")],
    };
}
