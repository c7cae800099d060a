using SimClr.Images;

namespace SimClr.Data;

/// <summary>Images of a dataset for showing them small; files are decoded when asked for, and no larger than needed.</summary>
/// <param name="images">The dataset.</param>
public sealed class Thumbnails(IImageDataset images)
{
    private readonly RgbImage _memory = new(1, 1);

    /// <summary>An image that need not be larger than a square.</summary>
    /// <param name="index">Which of the dataset.</param>
    /// <param name="side">The square.</param>
    /// <returns>The image, whole; valid until the next is asked for, and not to be written to.</returns>
    /// <exception cref="DataException">It cannot be read.</exception>
    public RgbImage Load(int index, int side)
    {
        var longest = images.Size(index) is var (width, height) ? Math.Max(width, height) : 0;
        var shrink = Array.Find([8, 4, 2], shrink => longest / shrink >= side);
        return images.Load(index, Math.Max(1, shrink), _memory).Image;
    }
}
