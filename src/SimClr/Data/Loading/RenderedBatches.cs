namespace SimClr.Data;

/// <summary>The loop that every kind of batch shares.</summary>
internal static class RenderedBatches
{
    /// <summary>
    /// The batches of a plan, each valid until the next is asked for. Threads live while the result is being enumerated.
    /// Unreadable images are reported before the batch in which they would have been.
    /// </summary>
    /// <param name="plan">The work.</param>
    /// <param name="memory">The buffers.</param>
    /// <param name="workers">Rendering threads; 0 chooses.</param>
    /// <param name="prefetch">Batches that may wait; 0 chooses.</param>
    /// <param name="create">Makes the batch of a finished slot, or null where none of its images can be shown.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    public static IEnumerable<TBatch> Enumerate<TBatch>(BatchPlan plan, BatchMemory memory, int workers, int prefetch,
        Func<BatchSlot, TBatch?> create, CancellationToken cancellationToken) where TBatch : PixelBatch
    {
        if (plan.FirstStep == plan.EndStep) yield break;
        using var ahead = new RenderAhead(plan, memory, workers, prefetch);
        for (var step = plan.FirstStep; step < plan.EndStep; step++)
        {
            if (Next(step) is { } batch)
            {
                try
                {
                    yield return batch;
                }
                finally
                {
                    batch.Release();
                }
            }
            ahead.Release(step);
        }

        TBatch? Next(int step)
        {
            try
            {
                return create(ahead.Take(step, cancellationToken));
            }
            finally
            {
                plan.Unreadable.Tell();
            }
        }
    }
}
