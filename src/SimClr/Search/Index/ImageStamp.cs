using SimClr.Data;

namespace SimClr.Search;

/// <summary>Recognizes images that are as they were.</summary>
internal static class ImageStamp
{
    /// <summary>An image's name, class and stamp.</summary>
    public static IndexedImage Of(IImageDataset part, int index)
    {
        var (name, label) = (part.Describe(index), part.Label(index));
        return new(name, label >= 0 ? part.ClassNames[label] : null, FileStamp.Read(name)?.ToString() ?? part.Fingerprint);
    }
}
