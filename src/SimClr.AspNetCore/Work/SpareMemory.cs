using SimClr.Native;

namespace SimClr.AspNetCore;

/// <summary>
/// Keeps the memory of the process within its bound. Large images are decoded one at a time; what the C heap has left of one
/// goes back to the kernel at once, for it is kept otherwise. When no large image has come for a second, what was kept for the
/// next is let go of.
/// </summary>
internal sealed class SpareMemory : IDisposable
{
    // Small amounts of garbage from images may wait for the collector.
    private const long MaxGarbage = 128_000_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _large = new(1);
    private readonly Timer _timer;
    private readonly Lock _collecting = new();
    private long _garbage;

    public SpareMemory() => _timer = new(_ => LetGo(), null, Timeout.Infinite, Timeout.Infinite);

    /// <summary>Is raised when memory that is kept for the next image is to be let go of.</summary>
    public event Action? LettingGo;

    /// <summary>Does work that decodes an image; waits where it is large and another is being decoded.</summary>
    /// <param name="pixels">How large the image is.</param>
    /// <param name="work">The work, all on the calling thread.</param>
    public T Decode<T>(long pixels, Func<T> work)
    {
        if (pixels <= ServerLimits.LargeImage) return Counted(work);
        _large.Wait();
        try
        {
            return Counted(work);
        }
        finally
        {
            NativeHeap.GiveBackFreeMemory();
            _large.Release();
            _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        using (var ended = new ManualResetEvent(false))
            if (_timer.Dispose(ended)) ended.WaitOne();
        _large.Dispose();
    }

    private T Counted<T>(Func<T> work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            return work();
        }
        finally
        {
            var garbage = GC.GetAllocatedBytesForCurrentThread() - before;
            if (Interlocked.Add(ref _garbage, garbage) > MaxGarbage) Collect();
        }
    }

    private void LetGo()
    {
        LettingGo?.Invoke();
        Collect();
    }

    private void Collect()
    {
        lock (_collecting)
        {
            Interlocked.Exchange(ref _garbage, 0);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.GiveBackFreeMemory();
        }
    }
}
