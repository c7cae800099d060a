using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>
/// Judges the encoder of a run, or a layer of its projection head, by a protocol, and compares it with two honest baselines
/// under the same protocol: the raw pixels, and the same network with random weights.
/// </summary>
public static class RunEvaluation
{
    private const int LargestRawSide = 32;

    /// <summary>Evaluates a run by the request's protocol and writes the result to the run folder.</summary>
    /// <inheritdoc cref="Evaluate(EvaluationRequest, IReadOnlyList{string}, IProgress{string}?, CancellationToken)"/>
    public static EvaluationResult Evaluate(EvaluationRequest request, IProgress<string>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Evaluate(request, [request.Protocol], progress, cancellationToken).Results[0];
    }

    /// <summary>Evaluates a run by several protocols on the same features, which are computed once.</summary>
    /// <param name="request">The request; its protocol is ignored.</param>
    /// <param name="protocols">Some of <c>linear</c>, <c>linear-sgd</c> and <c>knn</c>.</param>
    /// <param name="progress">Receives the name of each stage, in a few words.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>
    /// A result for each protocol, also written to <c>RUN/evaluation-PROTOCOL.json</c>, with <c>-layerK</c> behind it for layer
    /// K of the head, and <c>-viewsV</c> for features that are means over V views; and the features of the test part.
    /// </returns>
    /// <exception cref="SettingsException">The request is out of bounds, or the run's head has no such layer.</exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet, or lacks the head.</exception>
    /// <exception cref="DataException">The data cannot be used, or has no labels or no test part.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing was written.</exception>
    public static EvaluatedRun Evaluate(EvaluationRequest request, IReadOnlyList<string> protocols,
        IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(protocols);
        var requests = protocols.Select(protocol => (request with { Protocol = protocol }).Validated()).ToList();
        var run = RunFolder.Open(request.Run);
        var config = run.ReadConfig();
        var options = config.Options;
        run.RequireEncoder();
        using var representation = Backbone.Open(run, options.Model, request.Layer);
        var side = request.ImageSize > 0 ? request.ImageSize : options.Model.EvaluationSide;
        var data = Labeled(request, side);
        var measuredOn = EvaluatedData.Describe(request.Data, data, config, cancellationToken);
        TorchRuntime.SetThreads(request.Compute.Threads);
        var features = new SplitFeatures(request, data, progress, cancellationToken)
        {
            CropScaleMin = options.Views.CropScaleMin,
        };
        var normalization = options.Model.ToNormalization();
        var encoded = features.Of(representation, side, normalization, "encoder", request.UseViews);
        var results = Judge(requests, "the encoder's features", encoded, progress, cancellationToken);
        var test = encoded.Test; // computed by now; those of the training part need not be kept
        if (request.Baselines)
        {
            using var flatten = nn.Flatten();
            var rawSide = Math.Min(side, LargestRawSide);
            var pixels = Judge(requests, "raw pixels", features.Of(flatten, rawSide, Normalization.None, "raw pixels"),
                progress, cancellationToken);
            // Every residual branch takes part, and batch norm has the statistics of the images, as after training.
            var encoder = options.Model.ToResNet() with { ZeroInitResidual = false };
            using var untrained = new Backbone(encoder, options.Model.ToHead(), request.Layer, request.Seed);
            features.CalibrateBatchNorm(untrained, side, normalization);
            var random = Judge(requests, "random features",
                features.Of(untrained, side, normalization, "random encoder", request.UseViews), progress, cancellationToken);
            results = [.. results.Select((result, i) => result with { Baselines = new(pixels[i].Top1, random[i].Top1) })];
        }
        results = results.ConvertAll(result => result with
        {
            UnreadableImages = features.UnreadableImages,
            Layer = request.Layer,
            UseViews = request.UseViews == 1 ? null : request.UseViews,
            MeasuredOn = measuredOn,
        });
        foreach (var result in results)
            RunFolder.Write(run.Evaluation(result.Protocol, result.Layer, request.UseViews), result.ToFile());
        return new EvaluatedRun(run.Path, request.Layer, results, measuredOn, test, data.Test, features.TestImages, request.Seed)
        {
            UseViews = request.UseViews,
        };
    }

    private static DataSplits Labeled(EvaluationRequest request, int side)
    {
        var data = DatasetSource.Open(request.Data, side);
        data.Train.RequireClasses("to evaluate with");
        data.RequireTest("to evaluate on");
        return data.Limited(request.Limit, request.Seed);
    }

    private static List<EvaluationResult> Judge(List<EvaluationRequest> requests, string what, JudgedFeatures features,
        IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using (features) return requests.ConvertAll(Result);

        EvaluationResult Result(EvaluationRequest request)
        {
            var test = features.Test.Validated();
            var k = request.Protocol == "knn" ? KNearestNeighbors.VotersOf(features.Train, request.Neighbors) : (int?)null;
            return EvaluationResult.Of(request.Protocol, k, test, Rank(request, test));
        }

        int[][] Rank(EvaluationRequest request, FeatureSet test)
        {
            if (request.Protocol == "knn")
            {
                var bank = features.Train;
                progress?.Report($"nearest neighbors of {what}");
                return KNearestNeighbors.Rank(bank, test, request.Neighbors);
            }
            if (request.Protocol == "linear-sgd")
            {
                var views = features.Views(request.Views, request.Epochs);
                return SgdProbe.Fit(views, request.Descent, cancellationToken).Rank(test);
            }
            var train = features.Train;
            progress?.Report($"linear classifier on {what}");
            return LinearProbe.Fit(train, new LinearProbeOptions { Seed = request.Seed }).Rank(test);
        }
    }
}
