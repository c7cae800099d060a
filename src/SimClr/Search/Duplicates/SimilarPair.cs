namespace SimClr.Search;

/// <summary>Two images of an index and how alike they are.</summary>
/// <param name="First">The image that comes first in the index.</param>
/// <param name="Second">The other.</param>
/// <param name="Similarity">The cosine of their vectors.</param>
public readonly record struct SimilarPair(int First, int Second, double Similarity) : IComparable<SimilarPair>
{
    /// <summary>More alike pairs first; of equally alike ones those whose images come first.</summary>
    public int CompareTo(SimilarPair other) =>
        Similarity != other.Similarity ? other.Similarity.CompareTo(Similarity)
        : First != other.First ? First.CompareTo(other.First)
        : Second.CompareTo(other.Second);

    /// <summary>Whether the left pair comes first.</summary>
    public static bool operator <(SimilarPair left, SimilarPair right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left pair comes first, or they are the same.</summary>
    public static bool operator <=(SimilarPair left, SimilarPair right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the right pair comes first.</summary>
    public static bool operator >(SimilarPair left, SimilarPair right) => left.CompareTo(right) > 0;

    /// <summary>Whether the right pair comes first, or they are the same.</summary>
    public static bool operator >=(SimilarPair left, SimilarPair right) => left.CompareTo(right) >= 0;
}
