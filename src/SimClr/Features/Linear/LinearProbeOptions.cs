namespace SimClr.Features;

/// <summary>Settings of the linear probe. The solver converges by itself, without learning rate or epochs.</summary>
public sealed record LinearProbeOptions
{
    /// <summary>
    /// Strengths λ of the ℓ2 penalty (λ/2)·‖W‖² on standardized features to choose from, each above 0. With more than one, a
    /// held-out part of the training set decides; the first is taken where fewer than 20 images have labels.
    /// </summary>
    public IReadOnlyList<double> WeightDecays { get; init; } = [1, 1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 1e-4, 1e-5];

    /// <summary>The part of the training set held out for that choice, above 0 and at most 0.5.</summary>
    public double HeldOut { get; init; } = 0.1;

    /// <summary>When to stop: the estimated distance of the mean loss from its minimum, in nats, above 0.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Most iterations of one fit, at least 1.</summary>
    public int MaxIterations { get; init; } = 300;

    /// <summary>Seed of the choice of the held-out part.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <returns>These settings.</returns>
    /// <exception cref="ArgumentException">One is out of its range; the message says which.</exception>
    public LinearProbeOptions Validated()
    {
        if (WeightDecays.Count == 0) throw new ArgumentException($"{nameof(WeightDecays)} must hold at least one value.");
        foreach (var decay in WeightDecays) RequirePositive(nameof(WeightDecays), decay);
        if (!(HeldOut > 0) || HeldOut > 0.5)
            throw new ArgumentOutOfRangeException(nameof(HeldOut), HeldOut, "HeldOut must be above 0 and at most 0.5.");
        RequirePositive(nameof(Tolerance), Tolerance);
        if (MaxIterations < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxIterations), MaxIterations, "MaxIterations must be at least 1.");
        return this;
    }

    private static void RequirePositive(string name, double value)
    {
        if (!(value > 0) || double.IsInfinity(value))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and finite.");
    }
}

/// <summary>The result of the linear probe; accuracies are fractions from 0 to 1.</summary>
/// <param name="Top1">Part of the test images whose best-ranked class is right.</param>
/// <param name="Top5">Part whose class is among the five best-ranked.</param>
/// <param name="TestCount">Number of labeled test images.</param>
/// <param name="TrainTop1">Top-1 accuracy on the images that the classifier was fitted to.</param>
/// <param name="WeightDecay">The ℓ2 strength that was chosen.</param>
/// <param name="Iterations">Solver iterations, all fits together.</param>
public sealed record LinearProbeResult(
    double Top1, double Top5, int TestCount, double TrainTop1, double WeightDecay, int Iterations);
