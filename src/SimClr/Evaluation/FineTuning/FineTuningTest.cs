using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Evaluation;

/// <summary>How often a finished network names the class of a test image.</summary>
internal static class FineTuningTest
{
    private const int BatchSize = 256;

    /// <summary>Classifies a test part as it is, without augmentation; the network's mode is restored.</summary>
    /// <param name="network">The network.</param>
    /// <param name="settings">Precision, device, workers and normalization.</param>
    /// <param name="test">The images; those without a label are left out.</param>
    /// <param name="unreadable">Remembers images that cannot be read; they are left out.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public static (double Top1, double Top5, int Count) Measure(FineTuningNetwork network, SupervisedOptions settings,
        IImageDataset test, UnreadableImages unreadable, CancellationToken cancellationToken)
    {
        var device = TorchRuntime.SelectDevice(settings.Compute.Device);
        var precision = TorchRuntime.SelectPrecision(settings.Compute.Precision, device);
        using var extractor = new FeatureExtractor(network, precision, device, new()
        {
            BatchSize = BatchSize,
            Workers = settings.Compute.Workers,
        });
        var transform = new EvaluationTransform(settings.Model.EvaluationSide, settings.Model.ToNormalization());
        var scores = extractor.Extract(test, transform, unreadable, cancellationToken).Validated(); // [n, C]
        var rows = scores.LabeledRows("test");
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
