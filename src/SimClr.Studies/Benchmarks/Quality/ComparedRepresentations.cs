using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Models;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>
/// The representations that a run's encoder is compared with, in turn: its head's output, the same network untrained, and raw
/// pixels.
/// </summary>
internal static class ComparedRepresentations
{
    public const string Encoder = "encoder", Projection = "projection", RandomEncoder = "random encoder",
        RawPixels = "raw pixels",
        BothWays = "encoder, both ways round";

    private const int LargestRawSide = 32;

    /// <summary>Computes features of both parts, as they are asked for, of one representation after the other.</summary>
    /// <param name="request">The run, and how to compute.</param>
    /// <param name="open">
    /// Opens the images for an image size; the untrained network's batch norm sees training images.
    /// </param>
    /// <param name="bothWays">Whether the encoder is also asked for mirror images (<see cref="BothWaysRound"/>).</param>
    /// <param name="stage">Receives the name of each stage; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet.</exception>
    /// <exception cref="DataException">An image cannot be read.</exception>
    public static IEnumerable<(string Name, JudgedFeatures Features)> Of(EvaluationRequest request, Func<int, DataSplits> open,
        bool bothWays, IProgress<string>? stage, CancellationToken cancellationToken)
    {
        var run = RunFolder.Open(request.Run);
        var model = run.ReadConfig().Options.Model;
        run.RequireEncoder();
        TorchRuntime.SetThreads(request.Compute.Threads);
        var (side, normalization) = (model.EvaluationSide, model.ToNormalization());
        var features = new SplitFeatures(request, open(side), stage, cancellationToken);

        using (var network = Backbone.Open(run, model, 0))
            yield return (Encoder, features.Of(network, side, normalization, Encoder));
        if (bothWays)
        {
            using var network = new BothWaysRound(Backbone.Open(run, model, 0));
            yield return (BothWays, features.Of(network, side, normalization, BothWays));
        }
        if (File.Exists(run.Projection))
        {
            using var head = Backbone.Open(run, model, model.Head == ProjectionHeadKind.Identity ? 0 : LayersOf(model));
            yield return (Projection, features.Of(head, side, normalization, Projection));
        }
        var encoder = model.ToResNet() with { ZeroInitResidual = false };
        using (var untrained = new Backbone(encoder, model.ToHead(), 0, request.Seed))
        {
            features.CalibrateBatchNorm(untrained, side, normalization);
            yield return (RandomEncoder, features.Of(untrained, side, normalization, RandomEncoder));
        }
        using (var flatten = nn.Flatten())
            yield return (RawPixels, features.Of(flatten, Math.Min(side, LargestRawSide), Normalization.None, RawPixels));
        if (features.UnreadableImages > 0)
            throw new DataException($"{features.UnreadableImages} images cannot be read; a measurement needs all of them.");
    }

    private static int LayersOf(ModelOptions model)
    {
        using var head = new ProjectionHead(model.ToHead(), 8, 0);
        return head.LayerCount;
    }
}
