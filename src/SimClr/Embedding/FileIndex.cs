using SimClr.Datasets;

namespace SimClr.Embedding;

/// <summary>An index in one file, read to memory as a whole (<see cref="IndexFile"/>) and searched there.</summary>
public sealed class FileIndex : IPictureIndex
{
    private VectorIndex? _index;

    private FileIndex(string path, VectorIndex? index) => (Name, _index) = (path, index);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IndexOrigin? Origin => _index?.Origin;

    /// <inheritdoc/>
    public int Count => _index?.Pictures.Count ?? 0;

    /// <summary>Opens an index, or the place of one that is still to be made.</summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <exception cref="EmbeddingException">There is a file, and it is damaged or something else.</exception>
    public static FileIndex Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(path, File.Exists(path) ? IndexFile.Read(path) : null);
    }

    /// <inheritdoc/>
    public IndexUpdate Update(Embedder embedder, IndexOrigin origin, IReadOnlyList<IImageDataset> parts,
        Action<string>? unreadable = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var before = _index is { } index && index.Origin == origin ? index : VectorIndex.Empty(origin);
        var (after, update) = before.Updated(embedder, parts, unreadable, progress, cancellation);
        IndexFile.Write(Name, after);
        _index = after;
        return update;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count) =>
        (_index ?? IndexFile.Read(Name)).Search(query, count);

    /// <summary>Nothing is held open.</summary>
    public void Dispose()
    {
    }
}
