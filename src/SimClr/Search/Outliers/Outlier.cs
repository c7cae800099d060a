namespace SimClr.Search;

/// <summary>A picture that resembles little else of its index.</summary>
/// <param name="Picture">Which of the index.</param>
/// <param name="Similarity">The mean cosine of its vector with the nearest others.</param>
/// <param name="Nearest">The nearest others, nearest first.</param>
public sealed record Outlier(int Picture, double Similarity, IReadOnlyList<SimilarPair> Nearest);
