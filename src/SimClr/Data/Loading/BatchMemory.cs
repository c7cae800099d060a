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

/// <summary>Buffers for batches, and the working memory of threads, kept from epoch to epoch.</summary>
/// <param name="length">Elements of a full batch; of the largest where they differ.</param>
/// <param name="format">How views are stored.</param>
/// <param name="pageLocked">Whether buffers are memory that a GPU copies from by itself.</param>
internal sealed class BatchMemory(int length, PixelFormat format, bool pageLocked)
{
    private readonly Lock _gate = new();
    private readonly Stack<BatchBuffer> _buffers = new();
    private readonly Stack<WorkerMemory> _workers = new();

    /// <summary>Refuses a batch that is larger than a buffer can be.</summary>
    /// <param name="batchSize">Images of the batch.</param>
    /// <param name="lengthOfEach">Elements of all views of one image.</param>
    /// <param name="imageSize">Side of a view in pixels, for the message.</param>
    /// <exception cref="ArgumentException">It is larger.</exception>
    public static void RequireRoom(int batchSize, long lengthOfEach, int imageSize)
    {
        var most = BatchBuffer.MostElements / lengthOfEach;
        if (batchSize > most)
            throw new ArgumentException($"BatchSize must be at most {most} at image size {imageSize}, got {batchSize}.");
    }

    /// <summary>Bytes of one buffer.</summary>
    public long BufferBytes => (long)length * format.ElementBytes;

    public BatchBuffer RentBuffer()
    {
        lock (_gate)
            if (_buffers.TryPop(out var buffer)) return buffer;
        return BatchBuffer.Allocate(length, format, pageLocked);
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
