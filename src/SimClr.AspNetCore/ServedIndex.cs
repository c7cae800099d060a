using System.Security.Cryptography;
using System.Text;
using SimClr.Data;
using SimClr.Files;
using SimClr.Images;
using SimClr.Search;

namespace SimClr.AspNetCore;

/// <summary>An index as others see it: images have numbers, and names that do not say where they lie on this machine.</summary>
internal sealed class ServedIndex
{
    /// <summary>Thumbnails fit into a square of this side, in pixels.</summary>
    public const int ThumbnailSide = 224;

    private readonly ImageIndex _index;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly int _common;
    private readonly AllowedFolders _folders;

    /// <param name="index">The index.</param>
    /// <param name="folders">Where images may be shown from: an index may have been made by somebody else.</param>
    public ServedIndex(ImageIndex index, AllowedFolders folders)
    {
        (_index, _folders) = (index, folders);
        // An image that is reached in several ways has one number.
        for (var id = 0; id < Count; id++) _ids.TryAdd(index.Images[id].Image, id);
        _common = CommonFolder.Length([.. index.Images.Select(image => image.Image)]);
        Classes = [.. index.Images.Select(image => image.ClassName).OfType<string>().Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }

    public int Count => _index.Images.Count;

    public IReadOnlyList<string> Classes { get; }

    /// <summary>The images most like a vector.</summary>
    public SearchResponse Search(ReadOnlySpan<float> vector, int top) =>
        new(null, [.. _index.Search(vector, top).Select(Found)]);

    /// <summary>The images most like one of them, without itself.</summary>
    /// <exception cref="RequestRefusedException">There is no such image.</exception>
    public SearchResponse Search(int id, int top)
    {
        var image = Require(id);
        var others = _index.Search(_index.Vector(id), top + 1).Where(hit => hit.Image != image.Image).Take(top);
        return new(new(id, NameOf(image.Image), image.ClassName, Thumbnail(id)), [.. others.Select(Found)]);
    }

    /// <summary>A thumbnail as a PNG file.</summary>
    /// <param name="id">The image's number.</param>
    /// <param name="memory">Keeps the memory of large images within its bound.</param>
    /// <exception cref="RequestRefusedException">There is no such image, it may not be shown, or it cannot be read any
    /// more.</exception>
    public byte[] ReadThumbnail(int id, SpareMemory memory)
    {
        var image = Require(id);
        if (ImageLocation.Of(image) is not { } place || !_folders.Hold(place))
            throw new RequestRefusedException(404, "This image lies outside the folders that the server shows images from.");
        try
        {
            return memory.Decode(PixelsOf(image),
                () => ImageCodec.EncodePng(image.Load(ThumbnailSide)));
        }
        catch (Exception e) when (e is DataException or ImageFormatException)
        {
            throw new RequestRefusedException(404,
                "This image is no longer where it was when the index was made, or cannot be read.");
        }
    }

    /// <summary>Changes when the image does.</summary>
    /// <exception cref="RequestRefusedException">There is no such image.</exception>
    public string ThumbnailTag(int id)
    {
        var image = Require(id);
        var now = FileStamp.Read(image.Image)?.ToString();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{image.Image}\0{image.Stamp}\0{now}\0{ThumbnailSide}"));
        return $"\"{Convert.ToHexStringLower(hash.AsSpan(0, 12))}\"";
    }

    // An image without a file of its own is small; a long file is read whole.
    private static long PixelsOf(IndexedImage image) => image.Facts() is { Bytes: { } bytes } facts
        ? Math.Max((long)facts.Width * facts.Height, bytes)
        : ThumbnailSide * ThumbnailSide;

    private IndexedImage Require(int id) => id >= 0 && id < Count
        ? _index.Images[id]
        : throw new RequestRefusedException(404, Count == 0
            ? "The index holds no images."
            : $"The index has images 0 to {Count - 1}, not {id}.");

    private FoundImage Found(SearchHit hit)
    {
        var id = _ids[hit.Image];
        return new(id, NameOf(hit.Image), hit.ClassName, hit.Similarity, Thumbnail(id));
    }

    // Where nothing but the whole disk is common, the last name says enough: others need not know where it lies.
    private string NameOf(string image) => PlainText.Of(_common > 1 ? image[_common..] : Path.GetFileName(image));

    private static string Thumbnail(int id) => $"/api/thumbnails/{id}";
}
