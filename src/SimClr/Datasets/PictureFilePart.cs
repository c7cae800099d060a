using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SimClr.Images;

namespace SimClr.Datasets;

/// <summary>Some of the picture files of a folder; each is decoded when it is asked for.</summary>
internal sealed class PictureFilePart : IImageDataset
{
    private readonly IReadOnlyList<PictureFile> _files;
    private readonly int[] _labels;

    /// <param name="name">A name for people.</param>
    /// <param name="files">The files, in order.</param>
    /// <param name="classNames">Class names by label, or empty.</param>
    /// <param name="labelOf">The label of a file; not called when there are no classes.</param>
    public PictureFilePart(
        string name, IReadOnlyList<PictureFile> files, IReadOnlyList<string> classNames, Func<PictureFile, int> labelOf)
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

    public RgbImage Load(int index)
    {
        var path = _files[index].FullPath;
        try
        {
            return ImageCodec.Decode(File.ReadAllBytes(path));
        }
        catch (ImageFormatException e)
        {
            throw new DataException($"{path}: {e.Message}; repair or remove it.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static string FingerprintOf(IReadOnlyList<PictureFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            hash.AppendData(Encoding.UTF8.GetBytes(file.RelativePath + '\0' + file.Bytes.ToString(CultureInfo.InvariantCulture) + '\n'));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
