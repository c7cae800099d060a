using SimClr.Augmentation;
using SimClr.Datasets;
using SimClr.Images;

namespace SimClr.Batches;

/// <summary>All pictures of a dataset once, in order and without augmentation, rendered ahead of the consumer.</summary>
public sealed class PlainBatches
{
    private readonly IImageDataset _dataset;
    private readonly EvaluationTransform _transform;
    private readonly PlainBatchOptions _options;
    private readonly BufferPool _pool = new();

    /// <summary>Batches of a dataset.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The dataset is empty.</exception>
    public PlainBatches(IImageDataset dataset, EvaluationTransform transform, PlainBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(options);
        (_dataset, _transform, _options) = (dataset, transform, options.Validated());
        if (dataset.Count < 1) throw new DataException($"{dataset.Name} holds no pictures.");
        // A batch larger than the dataset is no mistake here, and needs no larger buffer.
        BatchSize = Math.Min(options.BatchSize, dataset.Count);
        var most = Array.MaxLength / transform.ViewLength;
        if (BatchSize > most)
            throw new ArgumentException($"BatchSize must be at most {most} at image size {transform.Size}, got {BatchSize}.");
    }

    /// <summary>Pictures per batch; the last may hold fewer.</summary>
    public int BatchSize { get; }

    /// <summary>Number of batches.</summary>
    public int Steps => (_dataset.Count - 1) / BatchSize + 1;

    /// <summary>
    /// Renders everything. Threads live while the result is being enumerated: leaving the loop early, an exception and
    /// cancellation end them.
    /// </summary>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Batches, each valid until the next is asked for. Asking throws <see cref="DataException"/> if a picture cannot be
    /// used; the message names it.</returns>
    public IEnumerable<PlainBatch> All(CancellationToken cancellation = default)
    {
        var plan = new Plan(_transform, BatchSize, [.. Enumerable.Range(0, _dataset.Count)])
        {
            Dataset = _dataset,
            FirstStep = 0,
            EndStep = Steps,
            BufferLength = BatchSize * _transform.ViewLength,
        };
        using var ahead = new RenderAhead(plan, _pool, _options.Workers, _options.Prefetch);
        for (var step = 0; step < Steps; step++)
        {
            var indices = plan.Indices(step).ToArray();
            var labels = Array.ConvertAll(indices, _dataset.Label);
            var batch = new PlainBatch(ahead.Take(step, cancellation), _transform.Size, indices, labels, step);
            try
            {
                yield return batch;
            }
            finally
            {
                batch.Release();
            }
            ahead.Release(step);
        }
    }

    private sealed class Plan(EvaluationTransform transform, int batchSize, int[] order) : BatchPlan
    {
        public override ReadOnlySpan<int> Indices(int step) =>
            order.AsSpan(step * batchSize, Math.Min(batchSize, order.Length - step * batchSize));

        public override void Render(RgbImage image, int index, int item, float[] buffer, RenderScratch scratch) =>
            transform.Render(image, buffer.AsSpan(item * transform.ViewLength, transform.ViewLength), scratch);
    }
}
