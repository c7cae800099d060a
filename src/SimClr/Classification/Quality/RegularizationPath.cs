using SimClr.Features;

namespace SimClr.Classification;

/// <summary>
/// Fits of the linear evaluation's classifier to some rows for one strength of the penalty after the other, each beginning where
/// the last ended. Rows that are not given have no influence, on the standardization neither.
/// </summary>
internal sealed class RegularizationPath : IDisposable
{
    private readonly IReadOnlyList<string> _classNames;
    private readonly StandardizedFeatures _features;
    private readonly Preconditioner _curvature;
    private readonly LinearProbeSolver _solver;
    private double[] _point;

    /// <param name="set">All images.</param>
    /// <param name="rows">The ones to learn from, with labels.</param>
    public RegularizationPath(FeatureSet set, int[] rows)
    {
        _classNames = set.ClassNames;
        _features = new(set, rows);
        _curvature = new(_features.Values, set.ClassCount);
        _solver = new(_features, _curvature, set.ClassCount, new LinearProbeOptions());
        _point = new double[(set.Dimension + 1) * set.ClassCount];
    }

    /// <summary>The classifier for a strength.</summary>
    public LinearClassifier Fit(double weightDecay)
    {
        (_point, _) = _solver.FitToAll(_point, weightDecay);
        return LinearProbe.ForRawFeatures(_point, _features, _classNames);
    }

    public void Dispose()
    {
        _curvature.Dispose();
        _features.Dispose();
    }
}
