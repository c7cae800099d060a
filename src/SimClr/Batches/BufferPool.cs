namespace SimClr.Batches;

/// <summary>Batch buffers of one length, kept from epoch to epoch.</summary>
internal sealed class BufferPool
{
    private readonly Stack<float[]> _free = new();

    public float[] Rent(int length)
    {
        lock (_free)
            if (_free.TryPop(out var buffer)) return buffer;
        // Pinned, because tensors share the memory: the collector need not work around it.
        return GC.AllocateUninitializedArray<float>(length, pinned: true);
    }

    public void Return(float[] buffer)
    {
        lock (_free) _free.Push(buffer);
    }
}
