namespace SimClr.Search;

/// <summary>The effect of a threshold.</summary>
/// <param name="Threshold">The cosine.</param>
/// <param name="Groups">Groups of near-identical images.</param>
/// <param name="Images">Images in all groups together.</param>
/// <param name="Largest">Images of the largest group; 0 without groups.</param>
public sealed record ThresholdEffect(double Threshold, int Groups, int Images, int Largest);
