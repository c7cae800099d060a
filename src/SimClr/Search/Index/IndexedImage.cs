using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Images;

namespace SimClr.Search;

/// <summary>An image of an index.</summary>
/// <param name="Image">Its name: a path, or a file and record number.</param>
/// <param name="ClassName">Its class, or null.</param>
/// <param name="Stamp">
/// A mark that changes when the image does: a file's size and time, or the fingerprint of its dataset.
/// </param>
public sealed record IndexedImage([property: JsonPropertyName("Picture")] string Image, string? ClassName, string Stamp)
{
    /// <summary>Finds the pixels again: a file, a record of CIFAR-10, or a shape that is drawn anew.</summary>
    /// <param name="side">The image is shrunk to fit into a square of this side, in pixels.</param>
    /// <exception cref="DataException">
    /// It is gone, is not as it was when it was indexed, or cannot be read; the message names it.
    /// </exception>
    public RgbImage Load(int side) => ImageLocation.Of(this) is { } place
        ? place.Load(side)
        : throw new DataException($"{ImageFile.Shown(Image)}: the index does not say where its pixels lie.");

    /// <summary>
    /// How large it is, from its header alone; null where it is gone, is not as it was when it was indexed, or cannot be
    /// read.
    /// </summary>
    public ImageFacts? Facts()
    {
        try
        {
            return ImageLocation.Of(this)?.Facts();
        }
        catch (DataException)
        {
            return null;
        }
    }
}
