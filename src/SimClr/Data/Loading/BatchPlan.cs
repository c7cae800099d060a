using SimClr.Images;

namespace SimClr.Data;

/// <summary>The work of the rendering threads, step by step. Its members are called by several threads at once.</summary>
internal abstract class BatchPlan
{
    public required IImageDataset Dataset { get; init; }

    public required DecodedImages Images { get; init; }

    public required UnreadableImages Unreadable { get; init; }

    public required int FirstStep { get; init; }

    public required int EndStep { get; init; }

    /// <summary>Images of a full batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The images of a step, in the order of the rows.</summary>
    public abstract ReadOnlySpan<int> Indices(int step);

    /// <summary>Renders the image of one place of a batch, as a function of its place alone.</summary>
    /// <returns>The image that was rendered, or -1 when there is none.</returns>
    /// <exception cref="DataException">There is nothing to render, and the batch cannot do without.</exception>
    public abstract int Render(int step, int item, BatchBuffer buffer, WorkerMemory memory);

    /// <summary>Renders an image; one that cannot be read is remembered and never opened again.</summary>
    /// <returns>Whether it was rendered.</returns>
    protected bool TryRender(int step, int index, int item, BatchBuffer buffer, WorkerMemory memory)
    {
        if (Unreadable.Contains(index)) return false;
        try
        {
            RenderOpened(step, index, memory.Reader.Open(Images, index), item, buffer, memory);
            return true;
        }
        catch (Exception e) when (e is DataException or ImageFormatException)
        {
            Unreadable.Add(Dataset, index, e);
            return false;
        }
    }

    /// <summary>Renders an image that the reader has opened.</summary>
    protected abstract void RenderOpened(
        int step, int index, (int Width, int Height) size, int item, BatchBuffer buffer, WorkerMemory memory);
}
