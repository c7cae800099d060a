using SimClr.Data;

namespace SimClr.Search;

/// <summary>Recognises pictures that are as they were.</summary>
internal static class PictureStamp
{
    /// <summary>A picture's name, class and stamp.</summary>
    public static IndexedPicture Of(IImageDataset part, int index)
    {
        var (name, label) = (part.Describe(index), part.Label(index));
        return new(name, label >= 0 ? part.ClassNames[label] : null, FileStamp.Of(name)?.ToString() ?? part.Fingerprint);
    }
}
