using SimClr.Native;
using SimClr.Numerics;

namespace SimClr.Features;

/// <summary>
/// Linear evaluation: how well a linear classifier on frozen features tells classes apart. As in the paper's appendix B.8, an
/// ℓ2-regularized multinomial logistic regression is fitted by L-BFGS without augmentation, and the strength of the penalty is
/// chosen on a held-out part of the training set, after which the classifier is fitted to all of it. Nothing of the test set,
/// neither its features nor its labels, has any influence on the classifier.
/// </summary>
public static class LinearProbe
{
    // Fewer labeled images than this cannot spare a part to decide by.
    private const int MinToHoldOut = 20;

    /// <summary>Fits a classifier to a training set and measures it on a test set; unlabeled vectors are left out.</summary>
    /// <exception cref="ArgumentException">
    /// The sets do not fit together, one has no labeled vectors, or a setting is out of range.
    /// </exception>
    public static LinearProbeResult Evaluate(FeatureSet train, FeatureSet test, LinearProbeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        train.RequireComparable(test.Validated());
        test.LabeledRows("test");
        var fit = FitAll(train, options ?? new());
        var score = TestScore.Of(test, fit.Classifier.Rank(test));
        return new LinearProbeResult(score.Top1, score.Top5, score.Count, fit.TrainTop1, fit.WeightDecay, fit.Iterations);
    }

    /// <summary>Fits a classifier to a training set; vectors without a label are left out.</summary>
    /// <exception cref="ArgumentException">The set has no labeled vectors, or a setting is out of range.</exception>
    public static LinearClassifier Fit(FeatureSet train, LinearProbeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        return FitAll(train, options ?? new()).Classifier;
    }

    private static (LinearClassifier Classifier, double TrainTop1, double WeightDecay, int Iterations) FitAll(
        FeatureSet train, LinearProbeOptions options)
    {
        options.Validated();
        train.Validated();
        TorchRuntime.EnsureLoaded();
        var rows = train.LabeledRows("training");
        var random = new CounterRandom(options.Seed, 0, 0, 0, DrawPurpose.Classifier);
        random.Shuffle<int>(rows); // so that the held-out part is a random one, and simply the last rows
        using var features = new StandardizedFeatures(train, rows);
        using var curvature = new Preconditioner(features.Values, train.ClassCount);
        var solver = new LinearProbeSolver(features, curvature, train.ClassCount, options);
        var start = new double[(train.Dimension + 1) * train.ClassCount];
        var weightDecay = options.WeightDecays[0];
        if (options.WeightDecays.Count > 1 && rows.Length >= MinToHoldOut)
            (weightDecay, start) = solver.ChooseWeightDecay(start);
        var (solution, correct) = solver.FitToAll(start, weightDecay);
        var classifier = ForRawFeatures(solution, features, train.ClassNames);
        return (classifier, (double)correct / rows.Length, weightDecay, solver.Iterations);
    }

    /// <summary>Folds the standardization (x - mean)/σ into weights and intercepts.</summary>
    internal static LinearClassifier ForRawFeatures(double[] point, StandardizedFeatures features, IReadOnlyList<string> names)
    {
        var (dimension, classes) = (features.Mean.Length, names.Count);
        var weights = new double[dimension * classes];
        var intercepts = point[(dimension * classes)..];
        for (var c = 0; c < classes; c++)
        {
            for (var i = 0; i < dimension; i++)
            {
                var weight = point[c * dimension + i] * features.InverseDeviation[i];
                weights[c * dimension + i] = weight;
                intercepts[c] -= weight * features.Mean[i];
            }
        }
        return new LinearClassifier(weights, intercepts, names);
    }
}
