using SimClr.Datasets;
using SimClr.Images;

namespace SimClr.Embedding;

/// <summary>A picture that was found.</summary>
/// <param name="Picture">Its name in the index: a path, or a file and record number.</param>
/// <param name="ClassName">Its class, or null.</param>
/// <param name="Similarity">The cosine of the two vectors, −1 to 1.</param>
public sealed record SearchHit(string Picture, string? ClassName, double Similarity)
{
    /// <summary>Finds the pixels again: a file, or a record of CIFAR-10.</summary>
    /// <param name="side">The picture is shrunk to fit into a square of this side, in pixels.</param>
    /// <exception cref="DataException">It is gone or cannot be read; the message names it.</exception>
    public RgbImage Load(int side) => new IndexedPicture(Picture, ClassName, "").Load(side);
}
