using System.Runtime.ExceptionServices;
using SimClr.Augmentation;
using SimClr.Datasets;

namespace SimClr.Batches;

/// <summary>
/// Renders batches ahead of their consumer on threads of its own. Workers claim one picture after the other, in order; a batch is
/// begun only when a buffer is free, so a slow consumer holds the workers back. Disposing stops and joins them.
/// </summary>
internal sealed class RenderAhead : IDisposable
{
    private readonly object _gate = new(); // guards everything below and the slots; pulsed when someone may go on
    private readonly BatchPlan _plan;
    private readonly BufferPool _pool;
    private readonly Slot[] _slots;
    private readonly Thread[] _threads;
    private int _claimStep, _claimItem; // the next picture to claim
    private int _heldStep;              // the step whose buffer the consumer has, or will get next
    private bool _stopped;

    public RenderAhead(BatchPlan plan, BufferPool pool, int workers, int prefetch)
    {
        (_plan, _pool) = (plan, pool);
        _claimStep = _heldStep = plan.FirstStep;
        var slots = Math.Min((long)prefetch + 1, plan.EndStep - plan.FirstStep); // one is the consumer's
        _slots = [.. Enumerable.Range(0, (int)slots).Select(_ => new Slot(pool.Rent(plan.BufferLength)))];
        if (workers == 0) workers = Environment.ProcessorCount;
        _threads = [.. Enumerable.Range(0, workers)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"simclr-render-{i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    public static void ValidateThreads(int workers, int prefetch)
    {
        if (workers is < 0 or > 1024) throw new ArgumentException($"Workers must be between 0 and 1024, got {workers}.");
        if (prefetch is < 1 or > 1024) throw new ArgumentException($"Prefetch must be between 1 and 1024, got {prefetch}.");
    }

    /// <summary>Waits for a batch; its buffer is the caller's until <see cref="Release"/>.</summary>
    /// <exception cref="DataException">A picture of this batch cannot be used; the first such picture is named.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public float[] Take(int step, CancellationToken cancellation)
    {
        using var wake = cancellation.Register(Wake);
        lock (_gate)
        {
            var slot = SlotOf(step);
            while (slot.Step != step || slot.Left > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
            cancellation.ThrowIfCancellationRequested();
            if (slot.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
            return slot.Buffer;
        }
    }

    /// <summary>Gives the buffer of the batch taken last back to the workers.</summary>
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
        foreach (var slot in _slots) _pool.Return(slot.Buffer);
    }

    private void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private void Work()
    {
        var scratch = new RenderScratch();
        while (TryClaim(out var slot, out var index, out var item))
        {
            var failure = Render(index, item, slot.Buffer, scratch);
            lock (_gate)
            {
                slot.Fail(item, failure);
                if (--slot.Left == 0) Monitor.PulseAll(_gate);
            }
        }
    }

    private bool TryClaim(out Slot slot, out int index, out int item)
    {
        lock (_gate)
        {
            while (!_stopped && _claimStep < _plan.EndStep && _claimStep - _heldStep >= _slots.Length) Monitor.Wait(_gate);
            (slot, index, item) = (SlotOf(_claimStep), 0, _claimItem);
            if (_stopped || _claimStep >= _plan.EndStep) return false;
            var indices = _plan.Indices(_claimStep);
            if (item == 0) slot.Begin(_claimStep, indices.Length);
            index = indices[item];
            if (++_claimItem == indices.Length) (_claimStep, _claimItem) = (_claimStep + 1, 0);
            return true;
        }
    }

    private DataException? Render(int index, int item, float[] buffer, RenderScratch scratch)
    {
        try
        {
            _plan.Render(_plan.Dataset.Load(index), index, item, buffer, scratch);
            return null;
        }
        catch (DataException e)
        {
            return e; // names the picture already
        }
        catch (Exception e)
        {
            return new DataException($"{_plan.Dataset.Describe(index)}: {e.Message}", e);
        }
    }

    private Slot SlotOf(int step) => _slots[step % _slots.Length];

    private sealed class Slot(float[] buffer)
    {
        private int _failedItem;

        public float[] Buffer { get; } = buffer;

        public int Step { get; private set; } = -1;

        public int Left { get; set; }

        public DataException? Failure { get; private set; }

        public void Begin(int step, int items) => (Step, Left, Failure) = (step, items, null);

        /// <summary>Keeps the failure that comes first in the batch, whichever thread met it.</summary>
        public void Fail(int item, DataException? failure)
        {
            if (failure is null || (Failure is not null && _failedItem < item)) return;
            (Failure, _failedItem) = (failure, item);
        }
    }
}
