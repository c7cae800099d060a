using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;
using SimClr.Numerics;

namespace SimClr.Search;

/// <summary>
/// Vectors of images that are searched for the nearest to another one, exactly: every vector is compared. An index is a value;
/// updating it gives another one. It lies in one file (<see cref="IndexFile"/>). All members may be called from several threads
/// at once.
/// </summary>
public sealed class ImageIndex
{
    // Aligned and in huge pages: a search is no more than reading all of it.
    private readonly AlignedFloats _vectors;

    /// <param name="origin">The encoder and settings that made the vectors.</param>
    /// <param name="images">The images, n of them.</param>
    /// <param name="vectors">
    /// Their vectors <c>[n, d]</c>; those that are not of Euclidean length 1 (or 0) are scaled to it.
    /// </param>
    /// <exception cref="EmbeddingException">Sizes do not agree, or a number is not finite.</exception>
    internal ImageIndex(IndexOrigin origin, IReadOnlyList<IndexedImage> images, float[] vectors)
        : this(origin, images, vectors.Length, Copied(vectors))
    {
    }

    private ImageIndex(IndexOrigin origin, IReadOnlyList<IndexedImage> images, int length, AlignedFloats vectors)
    {
        if (origin.Dimension < 1 || length != (long)images.Count * origin.Dimension)
            throw new EmbeddingException(
                $"{images.Count} images and {length} numbers do not fit vectors of length {origin.Dimension}.");
        if (!ExactSearch.AreFinite(vectors.Slice(0, length)))
            throw new EmbeddingException("A vector holds a number that is not finite.");
        (Origin, Images, _vectors) = (origin, images, vectors);
        for (var i = 0; i < images.Count; i++)
            if (UnitLength.Ensure(vectors.Slice(i * origin.Dimension, origin.Dimension))) Rescaled++;
    }

    /// <summary>The encoder and settings that made the vectors.</summary>
    public IndexOrigin Origin { get; }

    /// <summary>The images.</summary>
    public IReadOnlyList<IndexedImage> Images { get; }

    /// <summary>
    /// How many vectors were not of length 1 when the index was read, as earlier versions wrote them where the embedder did not
    /// normalize. They have been scaled, which makes them right; writing the index again keeps that.
    /// </summary>
    public int Rescaled { get; }

    /// <summary>An image's vector, <c>[d]</c>, of length 1 (or 0).</summary>
    public ReadOnlySpan<float> Vector(int index) => _vectors.Slice(checked(index * Origin.Dimension), Origin.Dimension);

    /// <summary>All vectors, <c>[n, d]</c>.</summary>
    public ReadOnlySpan<float> Vectors => _vectors.Slice(0, Images.Count * Origin.Dimension);

    /// <summary>All vectors as evaluation takes them, without labels; the values are a copy.</summary>
    internal FeatureSet Features()
    {
        var none = new int[Images.Count];
        Array.Fill(none, -1);
        return new(Vectors.ToArray(), Origin.Dimension, none, []);
    }

    /// <summary>Embeds images in order to compare them with each other, also both ways round.</summary>
    /// <inheritdoc cref="Updated"/>
    public static (ImageIndex Index, IndexUpdate Update) Comparing(Embedder embedder, IReadOnlyList<IImageDataset> parts,
        ILogger? logger = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return Empty(IndexOrigin.OfCompared(embedder)).Updated(embedder, parts, logger, progress, cancellationToken);
    }

    /// <summary>An index without images.</summary>
    public static ImageIndex Empty(IndexOrigin origin) => new(origin, [], []);

    /// <summary>An index whose vectors are read to where they stay.</summary>
    /// <param name="origin">The encoder and settings that made them.</param>
    /// <param name="images">The images, n of them.</param>
    /// <param name="read">Fills all vectors, <c>[n, d]</c>.</param>
    /// <exception cref="EmbeddingException">As for the constructor.</exception>
    public static ImageIndex Reading(IndexOrigin origin, IReadOnlyList<IndexedImage> images, Action<Span<float>> read)
    {
        var length = checked(images.Count * origin.Dimension);
        var vectors = new AlignedFloats();
        read(vectors.Block(length).Span);
        return new(origin, images, length, vectors);
    }

    /// <summary>
    /// The index of other images with the same encoder: what is new or has changed is embedded, what is gone is left out, all
    /// else is kept.
    /// </summary>
    /// <param name="embedder">The encoder of <see cref="Origin"/>; its vectors are scaled to length 1 where they are not.</param>
    /// <param name="parts">The images that there are now.</param>
    /// <param name="logger">Receives a warning for each new image that cannot be read; or null.</param>
    /// <param name="progress">Receives the number of images embedded so far; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="EmbeddingException">The embedder does not give the vectors that the index holds.</exception>
    /// <exception cref="DataException">There are images, and none of them can be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; this index is as it was.</exception>
    public (ImageIndex Index, IndexUpdate Update) Updated(Embedder embedder, IReadOnlyList<IImageDataset> parts,
        ILogger? logger = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(parts);
        Origin.RequireFit(embedder);
        var known = new Dictionary<IndexedImage, int>();
        for (var i = 0; i < Images.Count; i++) known[Images[i]] = i;
        var (images, vectors) = (new List<IndexedImage>(), new List<ReadOnlyMemory<float>>());
        var all = _vectors.Block(Images.Count * Origin.Dimension);
        var (added, missing) = (0, 0);
        foreach (var part in IndexChanges.Find(parts, known))
        {
            foreach (var row in part.Kept)
            {
                images.Add(Images[row]);
                vectors.Add(all.Slice(row * Origin.Dimension, Origin.Dimension));
            }
            missing += part.New.Count;
            foreach (var (image, vector) in part.Embed(embedder, logger, cancellationToken))
            {
                images.Add(image);
                vectors.Add(vector);
                missing--;
                added++;
                progress?.Report(added);
            }
        }
        IndexChanges.RequireAny(images.Count, missing, parts);
        var kept = images.Count - added;
        var index = Reading(Origin, images, target =>
        {
            for (var i = 0; i < vectors.Count; i++) vectors[i].Span.CopyTo(target[(i * Origin.Dimension)..]);
        });
        return (index, new(added, kept, Images.Count - kept, missing));
    }

    /// <summary>The images whose vectors have the largest cosines with a vector, nearest first.</summary>
    /// <param name="query"><c>[d]</c>, of any length but 0.</param>
    /// <param name="count">How many; fewer are found where there are fewer.</param>
    /// <exception cref="ArgumentException">The vector has another number of elements, or is not finite.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count) => Search(query, count, threads: 0);

    /// <summary>The same on a given number of threads; 0 chooses.</summary>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (query.Length != Origin.Dimension)
            throw new ArgumentException($"Vectors of this index have length {Origin.Dimension}, not {query.Length}.",
                nameof(query));
        var vectors = _vectors.Block(Images.Count * Origin.Dimension);
        return [.. ExactSearch.Nearest(vectors, query, Math.Min(count, Images.Count), threads)
            .Select(hit => new SearchHit(Images[hit.Row], hit.Similarity))];
    }

    private static AlignedFloats Copied(float[] vectors)
    {
        var copy = new AlignedFloats();
        vectors.CopyTo(copy.Block(vectors.Length));
        return copy;
    }
}
