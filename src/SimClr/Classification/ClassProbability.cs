namespace SimClr.Classification;

/// <summary>How likely an image is of a class.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Probability">0 to 1; those of all classes add up to 1.</param>
public readonly record struct ClassProbability(string ClassName, double Probability);
