namespace SimClr.Search;

/// <summary>Images that are near-identical, directly or through others of the group.</summary>
/// <param name="Images">
/// Which of the index, two or more; in its order, or the one worth keeping first (<see cref="DuplicateSearch.WorthFirst"/>).
/// </param>
/// <param name="Weakest">
/// The least similarity of the pairs that hold the group together: it falls apart above this threshold.
/// </param>
/// <param name="ToFirst">How alike each is to the group's first image, which itself has 1. Lower than the threshold for images
/// that belong to the group through others alone.</param>
public sealed record DuplicateGroup(IReadOnlyList<int> Images, double Weakest, IReadOnlyList<double> ToFirst)
{
    /// <summary>The facts of each image, null for one that is gone or cannot be read; empty where they were not read.</summary>
    public IReadOnlyList<ImageFacts?> Facts { get; init; } = [];

    /// <summary>Whether the first image was found worth keeping before the others.</summary>
    public bool HasKept => Facts is [not null, ..];

    /// <summary>The facts of an image of the group, or null.</summary>
    internal ImageFacts? FactsOf(int place) => place < Facts.Count ? Facts[place] : null;
}
