namespace SimClr.Search;

/// <summary>An image that resembles little else of its index.</summary>
/// <param name="Image">Which of the index.</param>
/// <param name="Similarity">The mean cosine of its vector with the nearest others.</param>
/// <param name="Nearest">The nearest others, nearest first.</param>
public sealed record Outlier(int Image, double Similarity, IReadOnlyList<SimilarPair> Nearest);
