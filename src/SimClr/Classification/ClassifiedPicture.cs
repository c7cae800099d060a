namespace SimClr.Classification;

/// <summary>A picture of a dataset with what it may show.</summary>
/// <param name="Index">Which picture of the dataset.</param>
/// <param name="Classes">All classes, the most likely first.</param>
public sealed record ClassifiedPicture(int Index, IReadOnlyList<ClassProbability> Classes);
