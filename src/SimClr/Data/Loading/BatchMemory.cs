using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>One rendering thread's working memory.</summary>
internal sealed class WorkerMemory
{
    public ImageReader Reader { get; } = new();

    public RenderScratch Scratch { get; } = new();

    /// <summary>The draw of a first view.</summary>
    public AugmentationDraw? First { get; set; }

    /// <summary>The draw of a second view.</summary>
    public AugmentationDraw? Second { get; set; }
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

    /// <summary>The most views of a length that one buffer can hold.</summary>
    public static int MaxRows(int viewLength) => (Array.MaxLength - BatchBuffer.Alignment) / viewLength;

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
