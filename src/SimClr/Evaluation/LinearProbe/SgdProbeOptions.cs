namespace SimClr.Evaluation;

/// <summary>
/// Settings of the linear classifier that is trained by gradient descent; the defaults are the paper's, but the batch.
/// </summary>
public sealed record SgdProbeOptions
{
    /// <summary>Passes over the training set, at least 1.</summary>
    public int Epochs { get; init; } = 90;

    /// <summary>
    /// Images B per step, at least 1; the paper has 4096. Images that do not fill a step are left out of an epoch, others each
    /// time; no more than there are make a batch.
    /// </summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Base learning rate, above 0: that of the first step is this times B/256, and a cosine takes it to 0.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Nesterov momentum, at least 0 and below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Seed of the order of the images.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <returns>These settings.</returns>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message says which.</exception>
    public SgdProbeOptions Validated()
    {
        if (Epochs < 1) throw new ArgumentOutOfRangeException(nameof(Epochs), Epochs, "Epochs must be at least 1.");
        if (BatchSize < 1) throw new ArgumentOutOfRangeException(nameof(BatchSize), BatchSize, "BatchSize must be at least 1.");
        if (!(LearningRate > 0) || double.IsInfinity(LearningRate))
            throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "LearningRate must be above 0 and finite.");
        if (!(Momentum is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Momentum), Momentum, "Momentum must be at least 0 and below 1.");
        return this;
    }
}
