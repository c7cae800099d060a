using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>The features that a module gives for both parts of a dataset.</summary>
public sealed class SplitFeatures(
    EvaluationRequest request, DataSplits data, IProgress<string>? progress, CancellationToken cancellation)
{
    private const int CalibrationBatches = 20;

    /// <summary>The smallest area of a random crop, as a share of the picture's.</summary>
    public double CropScaleMin { get; init; } = new RandomResizedCrop().ScaleMin;

    private readonly Device _device = TorchRuntime.SelectDevice(request.Compute.Device);
    private readonly UnreadablePictures _unreadableTrain = new(), _unreadableTest = new();

    /// <summary>Pictures of both parts that could not be read and were left out.</summary>
    public int UnreadablePictures => _unreadableTrain.Count + _unreadableTest.Count;

    /// <summary>Which pictures the rows of the test part's features are of, once those were computed.</summary>
    public int[] TestPictures => [.. Enumerable.Range(0, data.Test.Count).Where(index => !_unreadableTest.Contains(index))];

    /// <summary>Freezes a module and computes its features as they are asked for. The module is borrowed.</summary>
    public JudgedFeatures Of(nn.Module<Tensor, Tensor> module, int side, Normalization normalization, string name)
    {
        module.to(_device);
        var frozen = new FrozenEncoder(module, TorchRuntime.SelectPrecision(request.Compute.Precision, _device));
        var plain = new PlainRendering.Unchanged(new EvaluationTransform(side, normalization));
        // As for the supervised training of the paper (Appendix B.5): a crop and a flip, nothing else.
        var policy = new AugmentationPolicy(side, new RandomResizedCrop { ScaleMin = CropScaleMin }, [new HorizontalFlip()], normalization);
        var augmented = new Lazy<PlainBatches>(() => Batches(data.Train, new PlainRendering.Augmented(policy, request.Seed)));
        return new JudgedFeatures(frozen,
            () => Part(data.Train, Batches(data.Train, plain), 0, ""),
            () => Part(data.Test, Batches(data.Test, plain), 0, ""),
            copy => Part(data.Train, augmented.Value, copy, $", copy {copy + 1}"));

        FeatureSet Part(IImageDataset part, PlainBatches batches, int pass, string which)
        {
            progress?.Report($"{name}: features of {part.Count:N0} pictures of {part.Name}{which}");
            var rows = batches.Pass(pass, cancellation).Select(batch => (batch.ToTensor(), batch.Labels.ToArray()));
            return frozen.Extract(rows, part.ClassNames, cancellation);
        }
    }

    /// <summary>Gives batch norm the statistics of some training pictures, for a network that has not seen any.</summary>
    public void CalibrateBatchNorm(nn.Module<Tensor, Tensor> module, int side, Normalization normalization)
    {
        module.to(_device);
        module.train();
        using var frozen = no_grad();
        var plain = new PlainRendering.Unchanged(new EvaluationTransform(side, normalization));
        foreach (var batch in Batches(data.Train, plain).All(cancellation).Take(CalibrationBatches))
        {
            using var scope = NewDisposeScope();
            module.call(batch.ToTensor(_device));
        }
    }

    private PlainBatches Batches(IImageDataset part, PlainRendering rendering)
    {
        var options = new PlainBatchOptions
        {
            BatchSize = request.BatchSize,
            Workers = request.Compute.Workers,
            CacheBytes = rendering is PlainRendering.Augmented ? null : 0, // one pass
            PageLocked = _device.type == DeviceType.CUDA,
        };
        var unreadable = ReferenceEquals(part, data.Train) ? _unreadableTrain : _unreadableTest;
        return new PlainBatches(part, rendering, options, unreadable);
    }
}
