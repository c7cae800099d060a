using System.Globalization;
using SimClr.Datasets;

namespace SimClr.Embedding;

/// <summary>Recognises pictures that are as they were.</summary>
internal static class PictureStamp
{
    /// <summary>A picture's name, class and stamp.</summary>
    public static IndexedPicture Of(IImageDataset part, int index)
    {
        var (name, label) = (part.Describe(index), part.Label(index));
        var file = new FileInfo(name);
        var stamp = file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{file.Length}/{file.LastWriteTimeUtc.Ticks}")
            : part.Fingerprint;
        return new(name, label >= 0 ? part.ClassNames[label] : null, stamp);
    }
}
