using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
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
    private readonly UnreadableImages _unreadableTrain = new(), _unreadableTest = new();

    /// <summary>Images of both parts that could not be read and were left out.</summary>
    public int UnreadableImages => _unreadableTrain.Count + _unreadableTest.Count;

    /// <summary>Which images the rows of the test part's features are of, once those were computed.</summary>
    public int[] TestImages => [.. Enumerable.Range(0, data.Test.Count).Where(index => !_unreadableTest.Contains(index))];

    /// <summary>Freezes a module and computes its features as they are asked for. The module is borrowed.</summary>
    public JudgedFeatures Of(nn.Module<Tensor, Tensor> module, int side, Normalization normalization, string name)
    {
        module.to(_device);
        var frozen = new FrozenEncoder(module, TorchRuntime.SelectPrecision(request.Compute.Precision, _device));
        var plain = new EvaluationRendering.Unchanged(new EvaluationTransform(side, normalization));
        // As for the supervised training of the paper (Appendix B.5): a crop and a flip, nothing else.
        var policy = new AugmentationPolicy(side, new RandomResizedCrop { ScaleMin = CropScaleMin }, [new HorizontalFlip()], normalization);
        var augmented = new Lazy<EvaluationBatches>(() => Batches(data.Train, new EvaluationRendering.Augmented(policy, request.Seed)));
        return new JudgedFeatures(frozen,
            () => Part(data.Train, Batches(data.Train, plain), 0, ""),
            () => Part(data.Test, Batches(data.Test, plain), 0, ""),
            copy => Part(data.Train, augmented.Value, copy, $", copy {copy + 1}"));

        FeatureSet Part(IImageDataset part, EvaluationBatches batches, int pass, string which)
        {
            progress?.Report($"{name}: features of {part.Count:N0} images of {part.Name}{which}");
            var rows = batches.Pass(pass, cancellationToken).Select(batch => (batch.ToTensor(), batch.Labels.ToArray()));
            return frozen.Extract(rows, part.ClassNames, cancellationToken);
        }
    }

    /// <summary>Gives batch norm the statistics of some training images, for a network that has not seen any.</summary>
    public void CalibrateBatchNorm(nn.Module<Tensor, Tensor> module, int side, Normalization normalization)
    {
        module.to(_device);
        module.train();
        using var frozen = no_grad();
        var plain = new EvaluationRendering.Unchanged(new EvaluationTransform(side, normalization));
        foreach (var batch in Batches(data.Train, plain).All(cancellationToken).Take(CalibrationBatches))
        {
            using var scope = NewDisposeScope();
            module.call(batch.ToTensor(_device));
        }
    }

    private EvaluationBatches Batches(IImageDataset part, EvaluationRendering rendering)
    {
        var options = new EvaluationBatchOptions
        {
            BatchSize = request.BatchSize,
            Workers = request.Compute.Workers,
            CacheBytes = rendering is EvaluationRendering.Augmented ? null : 0, // one pass
            PageLocked = _device.type == DeviceType.CUDA,
        };
        var unreadable = ReferenceEquals(part, data.Train) ? _unreadableTrain : _unreadableTest;
        return new EvaluationBatches(part, rendering, options, unreadable);
    }
}
