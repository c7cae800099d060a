using System.Security.Cryptography;
using System.Text;
using SimClr.Data;
using SimClr.Files;
using SimClr.Images;
using SimClr.Search;

namespace SimClr.Server;

/// <summary>An index as others see it: pictures have numbers, and names that do not say where they lie on this machine.</summary>
internal sealed class ServedIndex
{
    /// <summary>Thumbnails fit into a square of this side, in pixels.</summary>
    public const int ThumbnailSide = 224;

    private readonly VectorIndex _index;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly int _common;
    private readonly PictureFolders _folders;

    /// <param name="index">The index.</param>
    /// <param name="folders">Where pictures may be shown from: an index may have been made by somebody else.</param>
    public ServedIndex(VectorIndex index, PictureFolders folders)
    {
        (_index, _folders) = (index, folders);
        // A picture that is reached in several ways has one number.
        for (var id = 0; id < Count; id++) _ids.TryAdd(index.Pictures[id].Picture, id);
        _common = CommonFolder.Length([.. index.Pictures.Select(picture => picture.Picture)]);
        Classes = [.. index.Pictures.Select(picture => picture.ClassName).OfType<string>().Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }

    public int Count => _index.Pictures.Count;

    public IReadOnlyList<string> Classes { get; }

    /// <summary>The pictures most like a vector.</summary>
    public SearchResponse Search(ReadOnlySpan<float> vector, int top) =>
        new(null, [.. _index.Search(vector, top).Select(Found)]);

    /// <summary>The pictures most like one of them, without itself.</summary>
    /// <exception cref="Refusal">There is no such picture.</exception>
    public SearchResponse Search(int id, int top)
    {
        var picture = Require(id);
        var others = _index.Search(_index.Vector(id), top + 1).Where(hit => hit.Picture != picture.Picture).Take(top);
        return new(new(id, NameOf(picture.Picture), picture.ClassName, Thumbnail(id)), [.. others.Select(Found)]);
    }

    /// <summary>A thumbnail as a PNG file.</summary>
    /// <param name="id">The picture's number.</param>
    /// <param name="memory">Keeps the memory of large pictures within its bound.</param>
    /// <exception cref="Refusal">There is no such picture, it may not be shown, or it cannot be read any more.</exception>
    public byte[] ReadThumbnail(int id, SpareMemory memory)
    {
        var picture = Require(id);
        if (PicturePlace.Of(picture) is not { } place || !_folders.Hold(place))
            throw new Refusal(404, "This picture lies outside the folders that the server shows pictures from.");
        try
        {
            return memory.Decode(PixelsOf(picture),
                () => ImageCodec.EncodePng(picture.Load(ThumbnailSide)));
        }
        catch (Exception e) when (e is DataException or ImageFormatException)
        {
            throw new Refusal(404, "This picture is no longer where it was when the index was made, or cannot be read.");
        }
    }

    /// <summary>Changes when the picture does.</summary>
    /// <exception cref="Refusal">There is no such picture.</exception>
    public string ThumbnailTag(int id)
    {
        var picture = Require(id);
        var now = FileStamp.Of(picture.Picture)?.ToString();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{picture.Picture}\0{picture.Stamp}\0{now}\0{ThumbnailSide}"));
        return $"\"{Convert.ToHexStringLower(hash.AsSpan(0, 12))}\"";
    }

    // An image without a file of its own is small; a long file is read whole.
    private static long PixelsOf(IndexedPicture picture) => picture.Facts() is { Bytes: { } bytes } facts
        ? Math.Max((long)facts.Width * facts.Height, bytes)
        : ThumbnailSide * ThumbnailSide;

    private IndexedPicture Require(int id) => id >= 0 && id < Count
        ? _index.Pictures[id]
        : throw new Refusal(404, Count == 0
            ? "The index holds no pictures."
            : $"The index has pictures 0 to {Count - 1}, not {id}.");

    private FoundPicture Found(SearchHit hit)
    {
        var id = _ids[hit.Picture];
        return new(id, NameOf(hit.Picture), hit.ClassName, hit.Similarity, Thumbnail(id));
    }

    // Where nothing but the whole disk is common, the last name says enough: others need not know where it lies.
    private string NameOf(string picture) => PlainText.Of(_common > 1 ? picture[_common..] : Path.GetFileName(picture));

    private static string Thumbnail(int id) => $"/api/thumbnails/{id}";
}
