using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;

namespace SimClr.Search;

/// <summary>
/// Images that can be searched for those most like another, wherever they lie: in a file (<see cref="FileImageIndex"/>) or in a
/// database (<c>SimClr.Postgres.PostgresImageIndex</c>). Safe for many threads; of two that update it at once, one is refused.
/// </summary>
public interface IImageIndex : IDisposable
{
    /// <summary>Where it lies, for people; holds no password.</summary>
    string Name { get; }

    /// <summary>The encoder and settings that made its vectors, or null where there is no index yet.</summary>
    IndexOrigin? Origin { get; }

    /// <summary>Its images.</summary>
    int Count { get; }

    /// <summary>
    /// Brings the index up to date, or makes it where there is none: what is new or has changed is embedded, what is gone is
    /// forgotten. Vectors of another origin are all made again. The index changes at once when everything is done; whatever
    /// interrupts this leaves it as it was.
    /// </summary>
    /// <param name="embedder">The encoder; its vectors are scaled to length 1 where they are not.</param>
    /// <param name="origin">The embedder's.</param>
    /// <param name="parts">The images that there are now.</param>
    /// <param name="logger">Receives a warning for each new image that cannot be read; or null.</param>
    /// <param name="progress">Receives the number of images embedded so far; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="EmbeddingException">
    /// The index cannot be read or written, another process is updating it, or the embedder does not give what the origin says.
    /// </exception>
    /// <exception cref="DataException">There are images, and none of them can be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    IndexUpdate Update(Embedder embedder, IndexOrigin origin, IReadOnlyList<IImageDataset> parts,
        ILogger? logger = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>The images whose vectors have the largest cosines with a vector, nearest first.</summary>
    /// <param name="query"><c>[d]</c>, of any length but 0.</param>
    /// <param name="count">How many; fewer are found where there are fewer.</param>
    /// <exception cref="ArgumentException">The vector has another number of elements, or is not finite.</exception>
    /// <exception cref="EmbeddingException">There is no index, or it cannot be read.</exception>
    IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count);
}
