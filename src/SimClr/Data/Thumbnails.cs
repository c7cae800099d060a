using SimClr.Images;

namespace SimClr.Data;

/// <summary>Pictures of a dataset for showing them small; files are decoded when asked for, and no larger than needed.</summary>
/// <param name="pictures">The dataset.</param>
public sealed class Thumbnails(IImageDataset pictures)
{
    private readonly RgbImage _memory = new(1, 1);

    /// <summary>A picture that need not be larger than a square.</summary>
    /// <param name="index">Which of the dataset.</param>
    /// <param name="side">The square.</param>
    /// <returns>The picture, whole; valid until the next is asked for, and not to be written to.</returns>
    /// <exception cref="DataException">It cannot be read.</exception>
    public RgbImage Load(int index, int side)
    {
        var longest = pictures.Size(index) is var (width, height) ? Math.Max(width, height) : 0;
        var shrink = Array.Find([8, 4, 2], shrink => longest / shrink >= side);
        return pictures.Load(index, Math.Max(1, shrink), _memory).Image;
    }
}
