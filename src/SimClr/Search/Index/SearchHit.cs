using SimClr.Data;
using SimClr.Images;

namespace SimClr.Search;

/// <summary>An image that was found.</summary>
/// <param name="Indexed">The image of the index.</param>
/// <param name="Similarity">The cosine of the two vectors, −1 to 1.</param>
public sealed record SearchHit(IndexedImage Indexed, double Similarity)
{
    /// <summary>Its name in the index: a path, or a file and record number.</summary>
    public string Image => Indexed.Image;

    /// <summary>Its class, or null.</summary>
    public string? ClassName => Indexed.ClassName;

    /// <inheritdoc cref="IndexedImage.Load(int)"/>
    /// <exception cref="DataException">As for an image of the index.</exception>
    public RgbImage Load(int side) => Indexed.Load(side);
}
