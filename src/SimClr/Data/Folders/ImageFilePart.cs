using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SimClr.Images;

namespace SimClr.Data;

/// <summary>Some of the image files of a folder; each is decoded when it is asked for.</summary>
internal sealed class ImageFilePart : IImageDataset
{
    private readonly IReadOnlyList<ImageFile> _files;
    private readonly int[] _labels;

    /// <param name="name">A name for people.</param>
    /// <param name="files">The files, in order.</param>
    /// <param name="classNames">Class names by label, or empty.</param>
    /// <param name="labelOf">The label of a file; not called when there are no classes.</param>
    public ImageFilePart(
        string name, IReadOnlyList<ImageFile> files, IReadOnlyList<string> classNames, Func<ImageFile, int> labelOf)
    {
        (Name, _files, ClassNames) = (name, files, classNames);
        _labels = [.. files.Select(file => classNames.Count == 0 ? -1 : labelOf(file))];
        Fingerprint = FingerprintOf(files);
    }

    public string Name { get; }

    public int Count => _files.Count;

    public IReadOnlyList<string> ClassNames { get; }

    public string Fingerprint { get; }

    public int Label(int index) => _labels[index];

    public string Describe(int index) => _files[index].FullPath;

    public RgbImage Load(int index) => Load(index, 1, new RgbImage(1, 1)).Image;

    public DecodedImage Load(int index, int shrink, RgbImage memory)
    {
        var path = _files[index].FullPath;
        try
        {
            using var bytes = new FileBytes(path);
            return new DecodedImage(memory, ImageCodec.Decode(bytes.All(), shrink, memory));
        }
        catch (Exception e) when (IsAboutTheFile(e))
        {
            throw Unreadable(path, e);
        }
    }

    public (int Width, int Height)? Size(int index)
    {
        var path = _files[index].FullPath;
        try
        {
            using var bytes = new FileBytes(path);
            return SizeFromStart(bytes.Start()) ?? ImageCodec.ReadSize(bytes.All());
        }
        catch (Exception e) when (IsAboutTheFile(e))
        {
            throw Unreadable(path, e);
        }
    }

    private static (int Width, int Height)? SizeFromStart(ReadOnlySpan<byte> start)
    {
        // WebP's orientation stands behind its pixels; in these two all that matters comes before them.
        if (start is not ([0xFF, 0xD8, ..] or [0x89, 0x50, ..])) return null;
        try
        {
            return ImageCodec.ReadSize(start);
        }
        catch (ImageFormatException)
        {
            return null; // a long preamble, or a file that is broken: the whole of it tells
        }
    }

    private static bool IsAboutTheFile(Exception e) => e is ImageFormatException or IOException or UnauthorizedAccessException;

    private static DataException Unreadable(string path, Exception reason)
    {
        var (name, words) = (ImageFile.Shown(path), ImageFile.Shown(reason.Message));
        return reason is ImageFormatException
            ? new DataException($"{name}: {words}; repair or remove it.", reason)
            : new DataException($"{name} cannot be read: {words}{ImageFile.NameHint(path)}", reason);
    }

    private static string FingerprintOf(IReadOnlyList<ImageFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, _, bytes) in files)
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\0{bytes}\n")));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
