using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Training;

/// <summary>
/// The learning rates of a model's parts as shares of the schedule's: smaller from the head down, and in the encoder 0 as long as
/// the head learns alone, with a warmup behind it.
/// </summary>
/// <param name="options">The settings.</param>
/// <param name="stepsPerEpoch">Steps of one epoch.</param>
internal sealed class PartRates(PretrainingOptions options, int stepsPerEpoch)
{
    private const int Head = SimClrModel.Parts - 1;

    private readonly double _decay = options.Adaptation.LayerDecay;
    private readonly long _headSteps = (long)Math.Round(options.Adaptation.HeadEpochs * stepsPerEpoch);
    private readonly long _warmupSteps = (long)Math.Round(options.Schedule.WarmupEpochs * stepsPerEpoch);

    /// <summary>Whether the head learns alone.</summary>
    public bool IsHeadAlone(long step) => step < _headSteps;

    /// <summary>The share of a part, 0 to 1.</summary>
    /// <param name="part">The part, as <see cref="SimClrModel.PartOf"/> counts.</param>
    /// <param name="step">The step, from 0.</param>
    public double Of(int part, long step)
    {
        if (part == Head) return 1;
        if (IsHeadAlone(step)) return 0;
        var warmth = _headSteps == 0 || _warmupSteps == 0 ? 1 : Math.Min(1, (step - _headSteps) / (double)_warmupSteps);
        return warmth * Math.Pow(_decay, Head - part);
    }
}
