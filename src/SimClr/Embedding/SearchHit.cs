namespace SimClr.Embedding;

/// <summary>A picture that was found.</summary>
/// <param name="Picture">Its name in the index: a path, or a file and record number.</param>
/// <param name="ClassName">Its class, or null.</param>
/// <param name="Similarity">The cosine of the two vectors, −1 to 1.</param>
public sealed record SearchHit(string Picture, string? ClassName, double Similarity);
