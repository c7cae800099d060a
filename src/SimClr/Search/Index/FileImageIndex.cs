using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;

namespace SimClr.Search;

/// <summary>An index in one file, read to memory as a whole (<see cref="IndexFile"/>) and searched there.</summary>
public sealed class FileImageIndex : IImageIndex
{
    private volatile ImageIndex? _index;
    private FileStamp? _stamp; // of the file that was read

    private FileImageIndex(string path)
    {
        Name = path;
        Read();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IndexOrigin? Origin => _index?.Origin;

    /// <inheritdoc/>
    public int Count => _index?.Images.Count ?? 0;

    /// <inheritdoc cref="ImageIndex.Rescaled"/>
    public int Rescaled => _index?.Rescaled ?? 0;

    /// <summary>Opens an index, or the place of one that is still to be made.</summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <exception cref="EmbeddingException">
    /// There is a file, and it is damaged or something else; or the text is the connection string of a database.
    /// </exception>
    public static FileImageIndex Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ConnectionWords.AreIn(path)
            ? throw new EmbeddingException($"For an index, {ConnectionWords.Refusal}.")
            : new(path);
    }

    /// <inheritdoc/>
    public IndexUpdate Update(Embedder embedder, IndexOrigin origin, IReadOnlyList<IImageDataset> parts,
        ILogger? logger = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(embedder);
        origin.RequireFit(embedder);
        using var file = IndexFile.Begin(Name, parts.Sum(part => (long)part.Count) * origin.Dimension * sizeof(float));
        if (_stamp != FileStamp.Read(Name)) Read(); // another process was faster, and has let go since
        var before = _index is { } index && index.Origin == origin ? index : ImageIndex.Empty(origin);
        var (after, update) = before.Updated(embedder, parts, logger, progress, cancellationToken);
        IndexFile.Write(file, after);
        (_index, _stamp) = (after, FileStamp.Read(Name));
        return update;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count) =>
        (_index ?? IndexFile.Read(Name)).Search(query, count);

    /// <summary>Nothing is held open.</summary>
    public void Dispose()
    {
    }

    private void Read()
    {
        _stamp = FileStamp.Read(Name);
        _index = _stamp is null ? null : IndexFile.Read(Name);
    }
}
