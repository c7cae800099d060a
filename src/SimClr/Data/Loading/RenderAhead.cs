using System.Runtime.ExceptionServices;

namespace SimClr.Data;

/// <summary>
/// Renders batches ahead of their consumer on threads of its own. Workers claim images in order, a few at a time; a batch is
/// begun only when a buffer is free, so a slow consumer holds the workers back. Disposing stops and joins them.
/// </summary>
internal sealed class RenderAhead : IDisposable
{
    private const int MaxAtOnce = 16;
    private const long MaxBytesAhead = 1L << 29;

    private readonly object _gate = new(); // guards everything below and the slots; pulsed when someone may go on
    private readonly BatchPlan _plan;
    private readonly BatchMemory _memory;
    private readonly BatchSlot[] _slots;
    private readonly Thread[] _threads;
    private readonly int _atOnce;
    private int _claimStep, _claimItem; // the next image to claim
    private int _heldStep;              // the step whose buffer the consumer has, or will get next
    private volatile bool _stopped;

    public RenderAhead(BatchPlan plan, BatchMemory memory, int workers, int prefetch)
    {
        (_plan, _memory) = (plan, memory);
        _claimStep = _heldStep = plan.FirstStep;
        if (workers == 0) workers = Environment.ProcessorCount;
        if (prefetch == 0) prefetch = Prefetch(workers, plan.BatchSize, memory.BufferBytes);
        var slots = Math.Min((long)prefetch + 1, plan.EndStep - plan.FirstStep); // one is the consumer's
        _slots = [.. Enumerable.Range(0, (int)slots).Select(_ => new BatchSlot(memory.RentBuffer(), plan.BatchSize))];
        // Where images cost microseconds, the lock is taken for several of them; where they are decoded, it is nothing.
        _atOnce = plan.Dataset.IsInMemory ? Math.Clamp(plan.BatchSize / (4 * workers), 1, MaxAtOnce) : 1;
        _threads = [.. Enumerable.Range(0, workers)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"simclr-render-{i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    public static void ValidateThreads(int workers, int prefetch)
    {
        if (workers is < 0 or > 1024) throw new ArgumentException($"Workers must be between 0 and 1024, got {workers}.");
        if (prefetch is < 0 or > 1024) throw new ArgumentException($"Prefetch must be between 0 and 1024, got {prefetch}.");
    }

    /// <summary>
    /// How many batches may wait: two, or one where two take too much memory (a step is long then); more only where a batch has
    /// too few images to keep every worker at work.
    /// </summary>
    public static int Prefetch(int workers, int batchSize, long batchBytes) =>
        Math.Max(2 * batchBytes > MaxBytesAhead ? 1 : 2, 1 + (2 * workers - 1) / batchSize);

    /// <summary>Waits for a batch; it is the caller's until <see cref="Release"/>.</summary>
    /// <exception cref="DataException">An image of this batch cannot be used; the first such image is named.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public BatchSlot Take(int step, CancellationToken cancellationToken)
    {
        using var wake = cancellationToken.Register(Wake);
        lock (_gate)
        {
            var slot = SlotOf(step);
            while (slot.Step != step || slot.Left > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
            cancellationToken.ThrowIfCancellationRequested();
            if (slot.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
            return slot;
        }
    }

    /// <summary>Gives the batch taken last back to the workers.</summary>
    public void Release(int step)
    {
        lock (_gate)
        {
            _heldStep = step + 1;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
        foreach (var thread in _threads) thread.Join();
        foreach (var slot in _slots) _memory.Return(slot.Buffer);
    }

    private void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private void Work()
    {
        var memory = _memory.RentWorker();
        while (TryClaim(out var slot, out var first, out var count))
        {
            for (var item = first; item < first + count && !_stopped; item++)
                if (Render(slot, item, memory) is { } failure)
                    lock (_gate) slot.Fail(item, failure);
            lock (_gate)
            {
                slot.Left -= count;
                if (slot.Left == 0) Monitor.PulseAll(_gate);
            }
        }
        _memory.Return(memory);
    }

    private bool TryClaim(out BatchSlot slot, out int first, out int count)
    {
        lock (_gate)
        {
            while (!_stopped && _claimStep < _plan.EndStep && _claimStep - _heldStep >= _slots.Length) Monitor.Wait(_gate);
            (slot, first, count) = (SlotOf(_claimStep), _claimItem, 0);
            if (_stopped || _claimStep >= _plan.EndStep) return false;
            if (first == 0) slot.Begin(_claimStep, _plan.Indices(_claimStep).Length);
            count = Math.Min(_atOnce, slot.Items - first);
            _claimItem += count;
            if (_claimItem == slot.Items) (_claimStep, _claimItem) = (_claimStep + 1, 0);
            return true;
        }
    }

    private DataException? Render(BatchSlot slot, int item, WorkerMemory memory)
    {
        try
        {
            slot.Rendered[item] = _plan.Render(slot.Step, item, slot.Buffer, memory);
            return null;
        }
        catch (DataException e)
        {
            return e; // names the image already
        }
        catch (Exception e)
        {
            return new DataException($"{_plan.Dataset.Describe(_plan.Indices(slot.Step)[item])}: {e.Message}", e);
        }
    }

    private BatchSlot SlotOf(int step) => _slots[step % _slots.Length];
}
