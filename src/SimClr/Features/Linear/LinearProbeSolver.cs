namespace SimClr.Features;

/// <summary>The fits of one linear probe: on a part of the rows along the strengths of the penalty, then on all.</summary>
/// <param name="features">All rows, in random order; borrowed.</param>
/// <param name="curvature">The preconditioner of the fits; borrowed.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="options">Settings, validated.</param>
internal sealed class LinearProbeSolver(
    StandardizedFeatures features, Preconditioner curvature, int classes, LinearProbeOptions options)
{
    /// <summary>Iterations so far.</summary>
    public int Iterations { get; private set; }

    /// <summary>
    /// Walks from the strongest penalty to the weakest, each fit starting from the last, and stops when the held-out
    /// cross-entropy, a smoother guide than the accuracy of a small part, has passed its minimum.
    /// </summary>
    public (double WeightDecay, double[] Solution) ChooseWeightDecay(double[] start)
    {
        var heldOut = Math.Max(1, (int)Math.Round(options.HeldOut * features.Count));
        var kept = features.Count - heldOut;
        using var fitValues = features.Values.narrow(0, 0, kept);
        using var fitLabels = features.Labels.narrow(0, 0, kept);
        using var heldOutValues = features.Values.narrow(0, kept, heldOut);
        using var heldOutLabels = features.Labels.narrow(0, kept, heldOut);
        var fit = new LogisticRegression(fitValues, fitLabels, classes);
        var judge = new LogisticRegression(heldOutValues, heldOutLabels, classes);
        var (best, bestLoss, bestSolution) = (options.WeightDecays[0], double.PositiveInfinity, start);
        foreach (var weightDecay in options.WeightDecays.OrderDescending())
        {
            start = Solve(fit, weightDecay, start);
            var loss = judge.Measure(start).Loss;
            if (!(loss < bestLoss)) break;
            (best, bestLoss, bestSolution) = (weightDecay, loss, start);
        }
        return (best, bestSolution);
    }

    /// <summary>The fit to all rows, and the number of rows that it classifies rightly.</summary>
    public (double[] Solution, int Correct) FitToAll(double[] start, double weightDecay)
    {
        var all = new LogisticRegression(features.Values, features.Labels, classes);
        var solution = Solve(all, weightDecay, start);
        return (solution, all.Measure(solution).Correct);
    }

    private double[] Solve(LogisticRegression problem, double weightDecay, double[] start)
    {
        var precondition = curvature.Inverse(weightDecay, out var factor);
        using (factor)
        {
            var (point, _, count) = LimitedMemoryBfgs.Minimize(
                start, (p, g) => problem.Objective(p, g, weightDecay), precondition, options.Tolerance, options.MaxIterations);
            Iterations += count;
            return point;
        }
    }
}
