using SimClr.Augmentation;
using SimClr.Batches;
using SimClr.Datasets;
using SimClr.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>The features that a module gives for both parts of a dataset.</summary>
internal sealed class SplitFeatures(
    EvaluationRequest request, DataSplits data, IProgress<string>? progress, CancellationToken cancellation)
{
    private const int CalibrationBatches = 20;

    private readonly Device _device = TorchRuntime.SelectDevice(request.Device);
    private readonly UnreadablePictures _unreadableTrain = new(), _unreadableTest = new();

    /// <summary>Pictures of both parts that could not be read and were left out.</summary>
    public int UnreadablePictures => _unreadableTrain.Count + _unreadableTest.Count;

    public (FeatureSet Train, FeatureSet Test) Of(
        nn.Module<Tensor, Tensor> module, int side, Normalization normalization, string name)
    {
        module.to(_device);
        using var frozen = new FrozenEncoder(module, TorchRuntime.SelectPrecision(request.Precision, _device));
        return (Part(data.Train), Part(data.Test));

        FeatureSet Part(IImageDataset part)
        {
            progress?.Report($"{name}: features of {part.Count:N0} pictures of {part.Name}");
            var batches = Batches(part, side, normalization).Select(batch => (batch.ToTensor(), batch.Labels.ToArray()));
            return frozen.Extract(batches, part.ClassNames, cancellation);
        }
    }

    /// <summary>Gives batch norm the statistics of some training pictures, for a network that has not seen any.</summary>
    public void CalibrateBatchNorm(nn.Module<Tensor, Tensor> module, int side, Normalization normalization)
    {
        module.to(_device);
        module.train();
        using var frozen = no_grad();
        foreach (var batch in Batches(data.Train, side, normalization).Take(CalibrationBatches))
        {
            using var scope = NewDisposeScope();
            module.call(batch.ToTensor(_device));
        }
    }

    private IEnumerable<PlainBatch> Batches(IImageDataset part, int side, Normalization normalization)
    {
        var options = new PlainBatchOptions
        {
            BatchSize = request.BatchSize,
            Workers = request.Workers,
            CacheBytes = 0, // one pass
            PageLocked = _device.type == DeviceType.CUDA,
        };
        var unreadable = ReferenceEquals(part, data.Train) ? _unreadableTrain : _unreadableTest;
        return new PlainBatches(part, new EvaluationTransform(side, normalization), options, unreadable).All(cancellation);
    }
}
