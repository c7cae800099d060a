using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Settings;
using TorchSharp;

namespace SimClr.Evaluation;

/// <summary>How often a finished network names the class of a test picture.</summary>
internal static class ClassifierTest
{
    private const int BatchSize = 256;

    /// <summary>Classifies a test part as it is, without augmentation; the network's mode is restored.</summary>
    /// <param name="network">The network.</param>
    /// <param name="settings">Precision, device, workers and normalization.</param>
    /// <param name="test">The pictures; those without a label are left out.</param>
    /// <param name="unreadable">Remembers pictures that cannot be read; they are left out.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public static (double Top1, double Top5, int Count) Measure(ClassifierNetwork network, PretrainingOptions settings,
        IImageDataset test, UnreadablePictures unreadable, CancellationToken cancellation)
    {
        var device = TorchRuntime.SelectDevice(settings.Device);
        var options = new PlainBatchOptions
        {
            BatchSize = BatchSize,
            Workers = settings.Workers,
            CacheBytes = 0, // one pass
            PageLocked = device.type == DeviceType.CUDA,
        };
        var transform = new EvaluationTransform(settings.EvaluationSide(), settings.Normalization());
        var batches = new PlainBatches(test, transform, options, unreadable).All(cancellation)
            .Select(batch => (batch.ToTensor(), batch.Labels.ToArray()));
        using var frozen = new FrozenEncoder(network, TorchRuntime.SelectPrecision(settings.Precision, device));
        var scores = frozen.Extract(batches, test.ClassNames, cancellation).Validated(); // [n, C]
        var rows = scores.LabelledRows("test");
        var ranks = Array.ConvertAll(rows, row => RankOf(scores.Labels[row], scores.Row(row)));
        return ((double)ranks.Count(rank => rank < 1) / rows.Length, (double)ranks.Count(rank => rank < 5) / rows.Length,
            rows.Length);
    }

    /// <summary>How many classes are ranked before one; of equal scores the class that comes first has the better rank.</summary>
    internal static int RankOf(int label, ReadOnlySpan<float> scores)
    {
        var before = 0;
        for (var c = 0; c < scores.Length; c++)
            if (scores[c] > scores[label] || (scores[c] == scores[label] && c < label)) before++;
        return before;
    }
}
