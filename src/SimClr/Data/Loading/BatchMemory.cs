using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>One rendering thread's working memory.</summary>
internal sealed class WorkerMemory
{
    public ImageReader Reader { get; } = new();

    public RenderScratch Scratch { get; } = new();

    private readonly List<AugmentationDraw> _draws = [];

    /// <summary>The memory for the draw of a view, from 0; asked for in order at first.</summary>
    public AugmentationDraw Draw(int view, AugmentationPolicy policy)
    {
        if (view == _draws.Count) _draws.Add(policy.NewParameters());
        return _draws[view];
    }
}

/// <summary>Buffers for batches of one size, and the working memory of threads, kept from epoch to epoch.</summary>
/// <param name="rows">Views of a full batch.</param>
/// <param name="viewLength">Elements of a view.</param>
/// <param name="format">How views are stored.</param>
/// <param name="pageLocked">Whether buffers are memory that a GPU copies from by itself.</param>
internal sealed class BatchMemory(int rows, int viewLength, PixelFormat format, bool pageLocked)
{
    private readonly Lock _gate = new();
    private readonly Stack<BatchBuffer> _buffers = new();
    private readonly Stack<WorkerMemory> _workers = new();

    /// <summary>Refuses a batch that is larger than a buffer can be.</summary>
    /// <param name="batchSize">Images of the batch.</param>
    /// <param name="viewsOfEach">Views of each image.</param>
    /// <param name="viewLength">Elements of a view.</param>
    /// <param name="imageSize">Side of a view in pixels, for the message.</param>
    /// <exception cref="ArgumentException">It is larger.</exception>
    public static void RequireRoom(int batchSize, int viewsOfEach, int viewLength, int imageSize)
    {
        var most = (Array.MaxLength - BatchBuffer.Alignment) / viewLength / viewsOfEach;
        if (batchSize > most)
            throw new ArgumentException($"BatchSize must be at most {most} at image size {imageSize}, got {batchSize}.");
    }

    /// <summary>Bytes of one buffer.</summary>
    public long BufferBytes => (long)rows * viewLength * format.ElementBytes;

    public BatchBuffer RentBuffer()
    {
        lock (_gate)
            if (_buffers.TryPop(out var buffer)) return buffer;
        return BatchBuffer.Allocate(rows, viewLength, format, pageLocked);
    }

    public void Return(BatchBuffer buffer)
    {
        lock (_gate) _buffers.Push(buffer);
    }

    public WorkerMemory RentWorker()
    {
        lock (_gate) return _workers.TryPop(out var worker) ? worker : new WorkerMemory();
    }

    public void Return(WorkerMemory worker)
    {
        lock (_gate) _workers.Push(worker);
    }
}
