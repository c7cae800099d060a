namespace SimClr.Classification;

/// <summary>An image of a dataset with its class probabilities.</summary>
/// <param name="Index">Which image of the dataset.</param>
/// <param name="Classes">All classes, the most likely first.</param>
public sealed record ClassifiedImage(int Index, IReadOnlyList<ClassProbability> Classes);
