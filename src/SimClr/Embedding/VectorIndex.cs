using SimClr.Datasets;
using SimClr.Evaluation;

namespace SimClr.Embedding;

/// <summary>
/// Vectors of pictures that are searched for the nearest to another one, exactly: every vector is looked at. An index is a value;
/// updating it gives another one. It lies in one file (<see cref="IndexFile"/>). All members may be called from several threads
/// at once.
/// </summary>
public sealed class VectorIndex
{
    private readonly float[] _vectors;

    /// <param name="origin">What the vectors were made with.</param>
    /// <param name="pictures">The pictures, n of them.</param>
    /// <param name="vectors">Their vectors <c>[n, d]</c> of Euclidean length 1 (or 0); becomes the index's own.</param>
    /// <exception cref="EmbeddingException">Sizes do not agree, or a number is not finite.</exception>
    internal VectorIndex(IndexOrigin origin, IReadOnlyList<IndexedPicture> pictures, float[] vectors)
    {
        if (origin.Dimension < 1 || vectors.LongLength != (long)pictures.Count * origin.Dimension)
            throw new EmbeddingException(
                $"{pictures.Count} pictures and {vectors.Length} numbers do not fit vectors of length {origin.Dimension}.");
        foreach (var value in vectors)
            if (!float.IsFinite(value)) throw new EmbeddingException($"A vector holds {value}.");
        (Origin, Pictures, _vectors) = (origin, pictures, vectors);
    }

    /// <summary>What the vectors were made with.</summary>
    public IndexOrigin Origin { get; }

    /// <summary>The pictures.</summary>
    public IReadOnlyList<IndexedPicture> Pictures { get; }

    /// <summary>A picture's vector, <c>[d]</c>.</summary>
    public ReadOnlySpan<float> Vector(int index) => _vectors.AsSpan(checked(index * Origin.Dimension), Origin.Dimension);

    /// <summary>All vectors, <c>[n, d]</c>.</summary>
    internal ReadOnlySpan<float> Vectors => _vectors;

    /// <summary>All vectors as evaluation takes them, without labels; the values are the index's own.</summary>
    internal FeatureSet Features()
    {
        var none = new int[Pictures.Count];
        Array.Fill(none, -1);
        return new(_vectors, Origin.Dimension, none, []);
    }

    /// <summary>An index without pictures.</summary>
    public static VectorIndex Empty(IndexOrigin origin) => new(origin, [], []);

    /// <summary>
    /// The index of other pictures with the same encoder: what is new or has changed is embedded, what is gone is left out, all
    /// else is kept.
    /// </summary>
    /// <param name="embedder">The encoder of <see cref="Origin"/>, giving vectors of length 1.</param>
    /// <param name="parts">The pictures that there are now.</param>
    /// <param name="unreadable">Is told of each new picture that cannot be read, in one line; or null.</param>
    /// <param name="progress">Is told how many pictures were embedded; or null.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="EmbeddingException">The embedder gives vectors of another length.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; this index is as it was.</exception>
    public (VectorIndex Index, IndexUpdate Update) Updated(Embedder embedder, IReadOnlyList<IImageDataset> parts,
        Action<string>? unreadable = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(parts);
        if (embedder.Dimension != Origin.Dimension)
            throw new EmbeddingException($"The index has vectors of length {Origin.Dimension}, the encoder {embedder.Dimension}.");
        var known = new Dictionary<IndexedPicture, int>();
        for (var i = 0; i < Pictures.Count; i++) known[Pictures[i]] = i;
        var (pictures, vectors) = (new List<IndexedPicture>(), new List<ReadOnlyMemory<float>>());
        var (kept, added, missing) = (0, 0, 0);
        foreach (var part in parts)
        {
            var now = Enumerable.Range(0, part.Count).Select(index => PictureStamp.Of(part, index)).ToArray();
            foreach (var picture in now)
            {
                if (!known.TryGetValue(picture, out var row)) continue;
                pictures.Add(picture);
                vectors.Add(_vectors.AsMemory(row * Origin.Dimension, Origin.Dimension));
                kept++;
            }
            int[] unknown = [.. Enumerable.Range(0, part.Count).Where(index => !known.ContainsKey(now[index]))];
            if (unknown.Length == 0) continue;
            missing += unknown.Length;
            foreach (var (index, vector) in embedder.Embed(Subset.Of(part, unknown), unreadable, cancellation))
            {
                pictures.Add(now[unknown[index]]);
                vectors.Add(vector);
                missing--;
                added++;
                progress?.Report(added);
            }
        }
        var all = new float[checked(vectors.Count * Origin.Dimension)];
        for (var i = 0; i < vectors.Count; i++) vectors[i].CopyTo(all.AsMemory(i * Origin.Dimension));
        return (new(Origin, pictures, all), new(added, kept, Pictures.Count - kept, missing));
    }

    /// <summary>The pictures whose vectors have the largest cosines with a vector, nearest first.</summary>
    /// <param name="query"><c>[d]</c>, of any length but 0.</param>
    /// <param name="count">How many; fewer are found where there are fewer.</param>
    /// <exception cref="ArgumentException">The vector has another number of elements, or is not finite.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (query.Length != Origin.Dimension)
            throw new ArgumentException($"Vectors of this index have length {Origin.Dimension}, not {query.Length}.", nameof(query));
        return [.. ExactSearch.Nearest(_vectors, query, Math.Min(count, Pictures.Count))
            .Select(hit => new SearchHit(Pictures[hit.Row].Picture, Pictures[hit.Row].ClassName, hit.Similarity))];
    }
}
