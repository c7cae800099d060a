namespace SimClr.Embedding;

/// <summary>Pictures that are near-identical, directly or through others of the group.</summary>
/// <param name="Pictures">Which of the index, in its order; two or more.</param>
/// <param name="Weakest">The least similarity of the pairs that hold the group together: it falls apart above this threshold.</param>
/// <param name="ToFirst">How alike each is to the group's first picture, which itself has 1. Lower than the threshold for pictures that
/// belong to the group through others alone.</param>
public sealed record DuplicateGroup(IReadOnlyList<int> Pictures, double Weakest, IReadOnlyList<double> ToFirst);
