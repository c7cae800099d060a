using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>
/// The accuracy of nearest neighbors while an encoder is being trained: some of the training images vote with their labels, and
/// the test part is judged. Training itself never sees the labels.
/// </summary>
public sealed class KnnObserver : IEncoderObserver
{
    /// <summary>The most training images that vote; which ones follows from the run's seed.</summary>
    public const int MaxVoters = 10_000;

    /// <summary>The most images of each part by which two encoders are compared.</summary>
    public const int MaxJudged = 5_000;

    private readonly PretrainingOptions _options;
    private readonly IImageDataset _bank, _test;

    private KnnObserver(PretrainingOptions options, IImageDataset bank, IImageDataset test) =>
        (_options, _bank, _test) = (options, bank, test);

    /// <summary>The observer of a run.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="data">The run's DATA.</param>
    /// <returns>Null where the settings do not ask for one, or the data has no labels or no test part.</returns>
    /// <exception cref="DataException">The data cannot be opened.</exception>
    public static KnnObserver? Open(PretrainingOptions options, string data) => Open(options, new OpenedData(data));

    /// <summary>The observer of a run, on data that others use too.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="data">The run's data; opened only where the settings ask for an observer.</param>
    /// <returns>Null where the settings do not ask for one, or the data has no labels or no test part.</returns>
    /// <exception cref="DataException">The data cannot be opened.</exception>
    public static KnnObserver? Open(PretrainingOptions options, OpenedData data)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        if (options.KnnEpochs == 0 && !options.Adaptation.KeepBetter) return null;
        var (train, test) = data.At(options.Model.EvaluationSide);
        if (train.ClassNames.Count < 2 || test.Count == 0) return null;
        train = Subset.Limited(train, options.Limit, options.Seed);
        return new KnnObserver(options, Subset.First(train, MaxVoters, options.Seed), test);
    }

    /// <inheritdoc/>
    public double? Measure(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken) =>
        Top1(encoder, precision, _bank, _test, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>At most <see cref="MaxJudged"/> images of each part; it is done twice.</remarks>
    public EncoderScore? Judge(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken)
    {
        var (bank, test) = (Subset.First(_bank, MaxJudged, _options.Seed), Subset.First(_test, MaxJudged, _options.Seed));
        return Top1(encoder, precision, bank, test, cancellationToken) is { } top1 ? new(top1, Adaptation.KnnTop1) : null;
    }

    private double? Top1(nn.Module<Tensor, Tensor> encoder, ScalarType precision, IImageDataset voters, IImageDataset judged,
        CancellationToken cancellationToken)
    {
        try
        {
            using var extractor = RunObserver.Freeze(encoder, precision, _options);
            var transform = new EvaluationTransform(_options.Model.EvaluationSide, _options.Model.ToNormalization());
            var bank = extractor.Extract(voters, transform, cancellationToken: cancellationToken);
            var test = extractor.Extract(judged, transform, cancellationToken: cancellationToken);
            return KNearestNeighbors.Evaluate(bank, test, new KnnOptions { Device = _options.Compute.Device }).Top1;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
