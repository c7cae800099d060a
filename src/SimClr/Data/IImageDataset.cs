using SimClr.Images;

namespace SimClr.Data;

/// <summary>An indexed, immutable set of images. All members may be called from several threads at once.</summary>
public interface IImageDataset
{
    /// <summary>A short name for people, for example <c>CIFAR-10 train</c>.</summary>
    string Name { get; }

    /// <summary>Number of images.</summary>
    int Count { get; }

    /// <summary>Class names by label, or empty when the images carry no labels.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>The label of an image, an index into <see cref="ClassNames"/>, or -1 when it has none.</summary>
    int Label(int index);

    /// <summary>Decodes (or renders) an image; the caller must not write to its pixels.</summary>
    /// <exception cref="DataException">The image cannot be read; the message names it.</exception>
    RgbImage Load(int index);

    /// <summary>
    /// Decodes an image to memory that is used again, at a fraction of its size where that is faster. A dataset that holds
    /// <see cref="RgbImage"/>s, or decodes only whole images, need not implement this: <see cref="Load(int)"/> is asked then.
    /// </summary>
    /// <param name="index">Which image.</param>
    /// <param name="shrink">1, 2, 4 or 8: decode at 1/shrink of the size, or at full size where that cannot be done.</param>
    /// <param name="memory">An image that may be reshaped and filled; it is the caller's.</param>
    /// <returns>
    /// The image and its shrink, a function of the arguments alone. The image is <paramref name="memory"/> or one of the
    /// dataset's own, which the caller must not write to.
    /// </returns>
    /// <exception cref="DataException">The image cannot be read; the message names it.</exception>
    DecodedImage Load(int index, int shrink, RgbImage memory) => new(Load(index), 1);

    /// <summary>The full size of an image, or null when only decoding it tells; it is then decoded at full size.</summary>
    /// <exception cref="DataException">The image cannot be read; the message names it.</exception>
    (int Width, int Height)? Size(int index) => null;

    /// <summary>Whether loading an image is no more than copying it, so that a copy of it need not be kept.</summary>
    bool IsInMemory => false;

    /// <summary>Where an image comes from, for messages: a file path, or a file and record number.</summary>
    string Describe(int index);

    /// <summary>
    /// Identifies the content: equal for equal data, different when images were added, removed or renamed. Written to
    /// checkpoints so that a resumed run notices a changed dataset.
    /// </summary>
    string Fingerprint { get; }
}
