namespace SimClr.Optimization;

/// <summary>
/// Linear warmup from 0, then half a cosine down without restarts, to 0 in the paper (Section 2.1). A function of the step alone,
/// so a resumed run has nothing to restore.
/// </summary>
public sealed record LearningRateSchedule
{
    /// <summary>The highest rate, reached at the end of the warmup; see <see cref="LearningRateScalings.Peak"/>.</summary>
    public double Peak { get; init; }

    /// <summary>Steps of warmup, at least 0.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>Steps altogether, at least 1 and no fewer than the warmup's.</summary>
    public long TotalSteps { get; init; } = 1;

    /// <summary>
    /// The rate that the cosine ends at, as a share f of the peak, 0 to 1: peak · (f + (1−f)·(1 + cos πt)/2), where t goes from 0
    /// to 1 after the warmup.
    /// </summary>
    public double FinalShare { get; init; }

    /// <summary>This schedule, if it is usable.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of bounds.</exception>
    public LearningRateSchedule Validated()
    {
        if (!(Peak >= 0 && double.IsFinite(Peak)))
            throw new ArgumentOutOfRangeException(nameof(Peak), Peak, "The peak learning rate must be finite and at least 0.");
        if (TotalSteps < 1)
            throw new ArgumentOutOfRangeException(nameof(TotalSteps), TotalSteps, "There must be at least one step.");
        if (WarmupSteps < 0 || WarmupSteps > TotalSteps)
            throw new ArgumentOutOfRangeException(nameof(WarmupSteps), WarmupSteps, $"Warmup must take 0 to {TotalSteps} steps.");
        if (!(FinalShare is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(FinalShare), FinalShare, "The final share must be between 0 and 1.");
        return this;
    }

    /// <summary>The rate of a step, counted from 0; the final one after the last step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (step < WarmupSteps) return Peak * step / WarmupSteps;
        if (step >= TotalSteps) return Peak * FinalShare;
        var cosine = (1 + Math.Cos(Math.PI * (step - WarmupSteps) / (TotalSteps - WarmupSteps))) / 2; // 1 down to 0
        return Peak * (FinalShare + (1 - FinalShare) * cosine);
    }
}
