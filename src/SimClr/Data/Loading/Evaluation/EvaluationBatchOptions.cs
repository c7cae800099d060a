namespace SimClr.Data;

/// <summary>How batches for evaluation are made.</summary>
public sealed record EvaluationBatchOptions
{
    /// <summary>Images per batch; at least 1. The last batch holds what is left.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Rendering threads; 0 means one for each core. Batches do not depend on it.</summary>
    public int Workers { get; init; }

    /// <summary>
    /// How many finished batches may wait; 0 means two (one where two would take more than half a gigabyte), or as many as hold
    /// two images for every worker.
    /// </summary>
    public int Prefetch { get; init; }

    /// <summary>
    /// How many bytes of decoded images may be kept for another pass; null means a quarter of the memory that the process may
    /// use, 0 none.
    /// </summary>
    public long? CacheBytes { get; init; }

    /// <summary>Whether there are no batches where no image at all can be read, instead of an exception.</summary>
    public bool AllowNone { get; init; }

    /// <summary>Whether batches are rendered to page-locked memory, from which a GPU copies by itself; needs CUDA.</summary>
    public bool PageLocked { get; init; }

    /// <summary>Returns this record.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    public EvaluationBatchOptions Validated()
    {
        if (BatchSize < 1) throw new ArgumentException($"BatchSize must be at least 1, got {BatchSize}.");
        RenderAhead.ValidateThreads(Workers, Prefetch);
        DecodedImages.ValidateBound(CacheBytes);
        return this;
    }
}
