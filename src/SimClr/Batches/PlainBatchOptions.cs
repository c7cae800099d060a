namespace SimClr.Batches;

/// <summary>How batches for evaluation are made.</summary>
public sealed record PlainBatchOptions
{
    /// <summary>Pictures per batch; at least 1. The last batch holds what is left.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Rendering threads; 0 means one for each core. Batches do not depend on it.</summary>
    public int Workers { get; init; }

    /// <summary>How many finished batches may wait for the consumer; at least 1.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Returns this record.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    public PlainBatchOptions Validated()
    {
        if (BatchSize < 1) throw new ArgumentException($"BatchSize must be at least 1, got {BatchSize}.");
        RenderAhead.ValidateThreads(Workers, Prefetch);
        return this;
    }
}
