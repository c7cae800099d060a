namespace SimClr.Search;

/// <summary>The effect of a threshold.</summary>
/// <param name="Threshold">The cosine.</param>
/// <param name="Groups">Groups of near-identical pictures.</param>
/// <param name="Pictures">Pictures in all groups together.</param>
/// <param name="Largest">Pictures of the largest group; 0 without groups.</param>
public sealed record ThresholdEffect(double Threshold, int Groups, int Pictures, int Largest);
