using SimClr.Images;

namespace SimClr.Features;

/// <summary>
/// Lends working memory to calls, each its own, and takes it back: as many work at a time as there are cores, the others wait.
/// Safe for many threads.
/// </summary>
/// <param name="most">How many calls work at a time.</param>
internal sealed class CallMemories(int most)
{
    // Sixteen megapixels. Of larger images the memory of one is kept, or a server of many cores would keep gigabytes.
    private const int Large = 48 * 1024 * 1024;

    private readonly object _gate = new(); // guards what follows; pulsed when a call leaves
    private readonly Stack<CallMemory> _free = new();
    private int _working;

    /// <summary>Bytes of decoded images that wait for the next calls.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_gate) return _free.Sum(memory => (long)memory.Decoded.Capacity);
        }
    }

    /// <summary>Waits for a place. Disposing the result gives it back.</summary>
    public Call Enter()
    {
        lock (_gate)
        {
            while (_working == most) Monitor.Wait(_gate);
            _working++;
            return new Call(this, _free.TryPop(out var memory) ? memory : new CallMemory());
        }
    }

    private void Leave(CallMemory memory)
    {
        lock (_gate)
        {
            if (memory.Decoded.Capacity > Large && _free.Any(other => other.Decoded.Capacity > Large))
                memory.Decoded = new RgbImage(1, 1);
            _free.Push(memory);
            _working--;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>A call under way; disposed once, by the call itself.</summary>
    internal readonly struct Call(CallMemories owner, CallMemory memory) : IDisposable
    {
        public CallMemory Memory => memory;

        public void Dispose() => owner.Leave(memory);
    }
}
