using SimClr.Images;

namespace SimClr.Datasets;

/// <summary>An indexed, immutable set of pictures. All members may be called from several threads at once.</summary>
public interface IImageDataset
{
    /// <summary>A short name for people, for example <c>CIFAR-10 train</c>.</summary>
    string Name { get; }

    /// <summary>Number of pictures.</summary>
    int Count { get; }

    /// <summary>Class names by label, or empty when the pictures carry no labels.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>The label of a picture, an index into <see cref="ClassNames"/>, or -1 when it has none.</summary>
    int Label(int index);

    /// <summary>Decodes (or renders) a picture; the caller must not write to its pixels.</summary>
    /// <exception cref="DataException">The picture cannot be read; the message names it.</exception>
    RgbImage Load(int index);

    /// <summary>Where a picture comes from, for messages: a file path, or a file and record number.</summary>
    string Describe(int index);

    /// <summary>
    /// Identifies the content: equal for equal data, different when pictures were added, removed or renamed. Written to
    /// checkpoints so that a resumed run notices a changed dataset.
    /// </summary>
    string Fingerprint { get; }
}
