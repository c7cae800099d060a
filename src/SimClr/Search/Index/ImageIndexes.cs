using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;

namespace SimClr.Search;

/// <summary>Operations on every kind of index.</summary>
public static class ImageIndexes
{
    /// <summary>
    /// Brings an index up to date, or makes it where there is none, with the embedder's own origin: what is new or has changed is
    /// embedded, what is gone is forgotten.
    /// </summary>
    /// <param name="index">The index.</param>
    /// <param name="embedder">The encoder, of a run folder; its vectors are scaled to length 1 where they are not.</param>
    /// <param name="parts">The images that there are now.</param>
    /// <param name="logger">Receives a warning for each new image that cannot be read; or null.</param>
    /// <param name="progress">Receives the number of images embedded so far; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="EmbeddingException">
    /// The index cannot be read or written, another process is updating it, or the encoder is not from a run folder.
    /// </exception>
    /// <exception cref="DataException">There are images, and none of them can be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the index is as it was.</exception>
    public static IndexUpdate Update(this IImageIndex index, Embedder embedder, IReadOnlyList<IImageDataset> parts,
        ILogger? logger = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.Update(embedder, IndexOrigin.Of(embedder), parts, logger, progress, cancellationToken);
    }
}
