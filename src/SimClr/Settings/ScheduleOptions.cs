using SimClr.Optimization;

namespace SimClr.Settings;

/// <summary>For how long training goes, and the learning rate meanwhile: linear warmup, then cosine decay.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Base learning rate, before scaling by the batch size.</summary>
    public double LearningRate { get; init; } = 0.3;

    /// <summary>How the learning rate grows with the batch.</summary>
    public LearningRateScaling LearningRateScaling { get; init; } = LearningRateScaling.Linear;

    /// <summary>Epochs of linear warmup before the cosine decay; fractions are allowed.</summary>
    public double WarmupEpochs { get; init; } = 10;

    /// <summary>
    /// The learning rate that the cosine decay ends at, as a share of the highest: 0 (the paper's) to 1, which is no decay.
    /// </summary>
    public double FinalLearningRate { get; init; }

    /// <summary>The learning rate by step.</summary>
    /// <param name="stepsPerEpoch">Steps of one epoch.</param>
    /// <param name="batchSize">Images per step, each with two views.</param>
    public LearningRateSchedule Create(int stepsPerEpoch, double batchSize) => new LearningRateSchedule
    {
        Peak = LearningRateScaling.Peak(LearningRate, batchSize),
        WarmupSteps = (long)Math.Round(WarmupEpochs * stepsPerEpoch),
        TotalSteps = (long)Epochs * stepsPerEpoch,
        FinalShare = FinalLearningRate,
    }.Validated();

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ScheduleOptions Validated()
    {
        SettingChoices.LearningRateScaling.Require(LearningRateScaling);
        Require.That(Epochs >= 1, nameof(Epochs), "at least 1", Epochs);
        Require.That(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), "above 0", LearningRate);
        Require.That(WarmupEpochs >= 0 && double.IsFinite(WarmupEpochs), nameof(WarmupEpochs), "at least 0", WarmupEpochs);
        Require.That(WarmupEpochs <= Epochs, nameof(WarmupEpochs),
            $"at most {nameof(Epochs)} ({Epochs})", WarmupEpochs, nameof(Epochs));
        Require.That(FinalLearningRate is >= 0 and <= 1, nameof(FinalLearningRate),
            "between 0 and 1, a share of the highest learning rate", FinalLearningRate);
        return this;
    }
}
