using SimClr.Datasets;
using SimClr.Encoders;
using SimClr.Pretraining;
using SimClr.Runtime;
using SimClr.Weights;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>
/// Judges the encoder of a run by a protocol, beside two honest baselines under the same protocol: the raw pixels, and the same
/// encoder with random weights.
/// </summary>
public static class RunEvaluation
{
    private const int LargestRawSide = 32;

    /// <summary>Evaluates a run and writes the result to <c>RUN/evaluation-PROTOCOL.json</c>.</summary>
    /// <param name="request">What to evaluate and how.</param>
    /// <param name="progress">Is told of each stage, in a few words.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="SettingsException">The request is out of bounds.</exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet.</exception>
    /// <exception cref="DataException">The data cannot be used, or has no labels or no test part.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing was written.</exception>
    public static EvaluationResult Evaluate(EvaluationRequest request, IProgress<string>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validated();
        var run = RunFolder.Open(request.Run);
        var options = run.ReadConfig().Options;
        if (!File.Exists(run.Encoder))
            throw new RunFolderException($"{run.Path} has no encoder yet; let pretraining come to its end (simclr pretrain --resume {run.Path}).");
        var data = Labelled(request, options);
        TorchRuntime.SetThreads(request.Threads);
        using var representation = new ResNet(options.Encoder(), options.Seed);
        ModuleWeights.Load(representation, run.Encoder);
        var side = request.ImageSize > 0 ? request.ImageSize : options.ImageSize;
        var features = new SplitFeatures(request, data, progress, cancellation);
        var result = Judge(request, "the encoder's features", features.Of(representation, side, "encoder"), progress);
        if (request.Baselines) result = result with { Baselines = Baselines(request, options, features, side, progress) };
        RunFolder.WriteAtomically(run.Evaluation(request.Protocol), result.ToJson());
        return result;
    }

    private static DataSplits Labelled(EvaluationRequest request, PretrainingOptions options)
    {
        var data = DatasetSource.Open(request.Data, options.ImageSize);
        if (data.Train.ClassNames.Count < 2)
            throw new DataException($"{data.Train.Name} has no classes to evaluate with; give a folder with one sub-folder per class.");
        if (data.Test.Count == 0) throw new DataException($"{data.Train.Name} has no test part to evaluate on.");
        return request.Limit > 0 ? data with { Train = Subset.First(data.Train, request.Limit, request.Seed) } : data;
    }

    private static EvaluationBaselines Baselines(EvaluationRequest request, PretrainingOptions options, SplitFeatures features, int side,
        IProgress<string>? progress)
    {
        using var flatten = nn.Flatten();
        var pixels = Judge(request, "raw pixels", features.Of(flatten, Math.Min(side, LargestRawSide), "raw pixels"), progress);
        // Every residual branch takes part, and batch norm has the statistics of the pictures, as after training.
        using var random = new ResNet(options.Encoder() with { ZeroInitResidual = false }, request.Seed);
        features.CalibrateBatchNorm(random, side);
        var untrained = Judge(request, "random features", features.Of(random, side, "random encoder"), progress);
        return new EvaluationBaselines(pixels.Top1, untrained.Top1);
    }

    private static EvaluationResult Judge(EvaluationRequest request, string what, (FeatureSet Train, FeatureSet Test) features,
        IProgress<string>? progress)
    {
        if (request.Protocol == "knn")
        {
            progress?.Report($"nearest neighbours of {what}");
            var knn = KNearestNeighbors.Evaluate(features.Train, features.Test,
                new KnnOptions { K = request.K, Temperature = request.Temperature });
            return new EvaluationResult("knn", knn.Top1, knn.Top5, knn.K, knn.TestCount);
        }
        progress?.Report($"linear classifier on {what}");
        var linear = LinearProbe.Evaluate(features.Train, features.Test, new LinearProbeOptions { Seed = request.Seed });
        return new EvaluationResult("linear", linear.Top1, linear.Top5, null, linear.TestCount);
    }
}
