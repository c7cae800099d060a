namespace SimClr.Data;

/// <summary>Batches of one layout, up to some point of a run.</summary>
/// <param name="Layout">Which views they have.</param>
/// <param name="EndEpoch">Where the next stage begins, in epochs from the beginning; fractions are steps within one.</param>
internal sealed record ViewStage(ViewLayout Layout, double EndEpoch)
{
    /// <summary>The first step of the run that is the next stage's.</summary>
    public long EndStep(int stepsPerEpoch) =>
        double.IsPositiveInfinity(EndEpoch) ? long.MaxValue : (long)Math.Round(EndEpoch * stepsPerEpoch);
}
