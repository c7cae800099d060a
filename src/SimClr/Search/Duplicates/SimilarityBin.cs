namespace SimClr.Search;

/// <summary>A step of a histogram of similarities.</summary>
/// <param name="From">Its lower end.</param>
/// <param name="To">Its upper end.</param>
/// <param name="Images">How many images fall there.</param>
public sealed record SimilarityBin(double From, double To, int Images);
