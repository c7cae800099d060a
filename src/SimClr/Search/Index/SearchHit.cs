using SimClr.Data;
using SimClr.Images;

namespace SimClr.Search;

/// <summary>A picture that was found.</summary>
/// <param name="Indexed">The picture of the index.</param>
/// <param name="Similarity">The cosine of the two vectors, −1 to 1.</param>
public sealed record SearchHit(IndexedPicture Indexed, double Similarity)
{
    /// <summary>Its name in the index: a path, or a file and record number.</summary>
    public string Picture => Indexed.Picture;

    /// <summary>Its class, or null.</summary>
    public string? ClassName => Indexed.ClassName;

    /// <inheritdoc cref="IndexedPicture.Load(int)"/>
    /// <exception cref="DataException">As for a picture of the index.</exception>
    public RgbImage Load(int side) => Indexed.Load(side);
}
