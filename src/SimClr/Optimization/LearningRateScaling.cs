namespace SimClr.Optimization;

/// <summary>How the learning rate grows with the batch (Appendix B.1).</summary>
public enum LearningRateScaling
{
    /// <summary>Not at all: the base rate is the peak.</summary>
    None,

    /// <summary>base · B/256; the paper's base is 0.3.</summary>
    Linear,

    /// <summary>base · √B; the paper's base is 0.075. Better at small batches and short training.</summary>
    SquareRoot,
}

/// <summary>Computing a peak learning rate.</summary>
public static class LearningRateScalings
{
    /// <summary>The peak learning rate of a batch.</summary>
    /// <param name="scaling">How the rate grows.</param>
    /// <param name="baseRate">The base rate, at least 0.</param>
    /// <param name="batchSize">
    /// Images per step (N, not the 2N views); with V views of each image V·N/2, so that equally many rows have one rate.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a finite number from 0, or the batch is empty.</exception>
    public static double Peak(this LearningRateScaling scaling, double baseRate, double batchSize)
    {
        if (!(baseRate >= 0 && double.IsFinite(baseRate)))
            throw new ArgumentOutOfRangeException(nameof(baseRate), baseRate, "The learning rate must be finite and at least 0.");
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1.0);
        return scaling switch
        {
            LearningRateScaling.None => baseRate,
            LearningRateScaling.Linear => baseRate * batchSize / 256,
            LearningRateScaling.SquareRoot => baseRate * Math.Sqrt(batchSize),
            _ => throw new ArgumentOutOfRangeException(nameof(scaling), scaling, "It must be None, Linear or SquareRoot."),
        };
    }
}
