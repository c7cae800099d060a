using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>The features that a module gives for both parts of a dataset.</summary>
public sealed class SplitFeatures(
    EvaluationRequest request, DataSplits data, IProgress<string>? progress, CancellationToken cancellationToken)
{
    private const int CalibrationBatches = 20;

    /// <summary>The smallest area of a random crop, as a share of the image's.</summary>
    public double CropScaleMin { get; init; } = new RandomResizedCrop().ScaleMin;

    private readonly Device _device = TorchRuntime.SelectDevice(request.Compute.Device);

    internal DataSplits Data => data;

    internal CancellationToken CancellationToken => cancellationToken;

    internal UnreadableImages UnreadableTrain { get; } = new();

    internal UnreadableImages UnreadableTest { get; } = new();

    /// <summary>Images of both parts that could not be read and were left out.</summary>
    public int UnreadableImages => UnreadableTrain.Count + UnreadableTest.Count;

    /// <summary>Which images the rows of the test part's features are of, once those were computed.</summary>
    public int[] TestImages => [.. Enumerable.Range(0, data.Test.Count).Where(index => !UnreadableTest.Contains(index))];

    /// <summary>Freezes a module and computes its features as they are asked for. The module is borrowed.</summary>
    /// <param name="module">Images <c>[B, 3, S, S]</c> to features <c>[B, d]</c>.</param>
    /// <param name="side">S in pixels.</param>
    /// <param name="normalization">Applied to the pixels last.</param>
    /// <param name="name">The module's name, for progress.</param>
    /// <param name="useViews">
    /// Over how many views of each image as it is its features are averaged (<see cref="FeatureExtractor.UseViews"/>). Augmented
    /// copies are one view each.
    /// </param>
    /// <exception cref="SettingsException">The number of views is none of 1, 2 and 10.</exception>
    public JudgedFeatures Of(
        nn.Module<Tensor, Tensor> module, int side, Normalization normalization, string name, int useViews = 1)
    {
        // As for the supervised training of the paper (Appendix B.5): a crop and a flip, nothing else.
        var policy = new AugmentationPolicy(side, new RandomResizedCrop { ScaleMin = CropScaleMin }, [new HorizontalFlip()],
            normalization);
        module.to(_device);
        var precision = TorchRuntime.SelectPrecision(request.Compute.Precision, _device);
        var extractor = new FeatureExtractor(module, precision, _device,
            new() { BatchSize = request.BatchSize, Workers = request.Compute.Workers })
        {
            UseViews = useViews,
        };
        return new JudgedFeatures(this, extractor, new EvaluationTransform(side, normalization),
            new EvaluationRendering.Augmented(policy, request.Seed), name);
    }

    /// <summary>Gives batch norm the statistics of some training images, for a network that has not seen any.</summary>
    public void CalibrateBatchNorm(nn.Module<Tensor, Tensor> module, int side, Normalization normalization)
    {
        module.to(_device);
        module.train();
        using var frozen = no_grad();
        var options = new EvaluationBatchOptions
        {
            BatchSize = request.BatchSize,
            Workers = request.Compute.Workers,
            CacheBytes = 0,
            PageLocked = _device.type == DeviceType.CUDA,
        };
        var batches = new EvaluationBatches(data.Train, new EvaluationTransform(side, normalization), options, UnreadableTrain);
        foreach (var batch in batches.All(cancellationToken).Take(CalibrationBatches))
        {
            using var scope = NewDisposeScope();
            module.call(batch.ToTensor(_device));
        }
    }

    internal void Tell(string name, IImageDataset part, string which) =>
        progress?.Report($"{name}: features of {part.Count:N0} images of {part.Name}{which}");
}
