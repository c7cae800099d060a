namespace SimClr.Data;

/// <summary>One of the batches that are being rendered or wait for the consumer.</summary>
/// <param name="buffer">Its pixels.</param>
/// <param name="most">Images of a full batch.</param>
internal sealed class BatchSlot(BatchBuffer buffer, int most)
{
    private int _failedItem;

    public BatchBuffer Buffer { get; } = buffer;

    /// <summary>For every image of the batch the one that was rendered in its place, or -1 for none.</summary>
    public int[] Rendered { get; } = new int[most];

    public int Step { get; private set; } = -1;

    /// <summary>Number of images.</summary>
    public int Items { get; private set; }

    /// <summary>Images that are not rendered yet.</summary>
    public int Left { get; set; }

    public DataException? Failure { get; private set; }

    public void Begin(int step, int items) => (Step, Items, Left, Failure) = (step, items, items, null);

    /// <summary>Keeps the failure that comes first in the batch, whichever thread met it.</summary>
    public void Fail(int item, DataException failure)
    {
        if (Failure is not null && _failedItem < item) return;
        (Failure, _failedItem) = (failure, item);
    }
}
