using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>How batches of views are made.</summary>
public sealed record ViewBatchOptions
{
    /// <summary>Images N per batch (V·N views) on this rank; at least 1.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Views V of each image; at least 2. All of an image's views come from one decoding.</summary>
    public int Views { get; init; } = 2;

    /// <summary>The run's seed: with the dataset and the policy it determines every batch.</summary>
    public ulong Seed { get; init; }

    /// <summary>How views are stored; bfloat16 is what a step in that precision takes, in half of the memory.</summary>
    public PixelFormat Format { get; init; } = PixelFormat.Default;

    /// <summary>Rendering threads; 0 means one for each core. Batches do not depend on it.</summary>
    public int Workers { get; init; }

    /// <summary>
    /// How many finished batches may wait for the training step, each of V·N·S·S·3 numbers; 0 means two (one where two would
    /// take more than half a gigabyte), or as many as hold two images for every worker.
    /// </summary>
    public int Prefetch { get; init; }

    /// <summary>
    /// How many bytes of decoded images may be kept from epoch to epoch; null means a quarter of the memory that the process
    /// may use, 0 none. A kept image is not decoded again. Batches do not depend on it.
    /// </summary>
    public long? CacheBytes { get; init; }

    /// <summary>Whether batches are rendered to page-locked memory, from which a GPU copies by itself; needs CUDA.</summary>
    public bool PageLocked { get; init; }

    /// <summary>Which part of every global batch this process renders, from 0.</summary>
    public int Rank { get; init; }

    /// <summary>Number of processes that share every global batch of <c>WorldSize · BatchSize</c> images; at least 1.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>Returns this record.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names option, bound and value.</exception>
    public ViewBatchOptions Validated()
    {
        if (BatchSize < 1) throw new ArgumentException($"BatchSize must be at least 1, got {BatchSize}.");
        if (Views < 2) throw new ArgumentException($"Views must be at least 2, got {Views}.");
        RenderAhead.ValidateThreads(Workers, Prefetch);
        DecodedImages.ValidateBound(CacheBytes);
        if (WorldSize < 1) throw new ArgumentException($"WorldSize must be at least 1, got {WorldSize}.");
        if (Rank < 0 || Rank >= WorldSize)
            throw new ArgumentException($"Rank must be at least 0 and below WorldSize ({WorldSize}), got {Rank}.");
        return this;
    }
}
