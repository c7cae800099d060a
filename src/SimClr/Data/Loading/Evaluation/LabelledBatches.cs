using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>
/// The batches that a classifier learns from: every epoch shuffles the dataset and draws one view of every picture, the one that
/// <see cref="ViewBatches"/> would show first. A batch is a function of dataset, policy, seed, epoch and step. A picture that
/// cannot be read is replaced by another one, with the label of that one.
/// </summary>
internal sealed class LabelledBatches
{
    private readonly IImageDataset _dataset;
    private readonly AugmentationPolicy _policy;
    private readonly ViewBatchOptions _options;
    private readonly EpochOrder _order;
    private readonly DecodedPictures _pictures;
    private readonly BatchMemory _memory;

    /// <param name="dataset">Pictures, all of which have labels.</param>
    /// <param name="policy">How views are made.</param>
    /// <param name="options">How batches are made, by one process alone.</param>
    /// <param name="unreadable">Remembers pictures that cannot be read.</param>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The dataset is smaller than one batch.</exception>
    public LabelledBatches(
        IImageDataset dataset, AugmentationPolicy policy, ViewBatchOptions options, UnreadablePictures unreadable)
    {
        (_dataset, _policy, _options, Unreadable) = (dataset, policy, options.Validated(), unreadable);
        if (options.BatchSize > dataset.Count)
            throw new DataException($"{nameof(options.BatchSize)} {options.BatchSize} is larger than the "
                + $"{dataset.Count} labelled pictures of {dataset.Name}; use at most {dataset.Count}.")
            {
                Setting = nameof(options.BatchSize),
            };
        var most = BatchMemory.MostRows(policy.ViewLength);
        if (options.BatchSize > most)
            throw new ArgumentException(
                $"BatchSize must be at most {most} at image size {policy.ImageSize}, got {options.BatchSize}.");
        _memory = new BatchMemory(options.BatchSize, policy.ViewLength, options.Format, options.PageLocked);
        _pictures = new DecodedPictures(dataset, options.CacheBytes);
        _order = new EpochOrder(dataset.Count, options.BatchSize, options.Seed);
    }

    /// <summary>Batches per epoch; pictures that do not fill one are left out, others in every epoch.</summary>
    public int StepsPerEpoch => _order.StepsPerEpoch;

    /// <summary>The pictures that could not be read so far and were replaced.</summary>
    public UnreadablePictures Unreadable { get; }

    /// <summary>Renders an epoch; threads live while the result is being enumerated.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<LabelledBatch> Epoch(int epoch, CancellationToken cancellation = default)
    {
        var plan = new Plan(_order, epoch, _policy, _options)
        {
            Dataset = _dataset,
            Pictures = _pictures,
            Unreadable = Unreadable,
            FirstStep = 0,
            EndStep = StepsPerEpoch,
            BatchSize = _options.BatchSize,
        };
        using var ahead = new RenderAhead(plan, _memory, _options.Workers, _options.Prefetch);
        for (var step = 0; step < StepsPerEpoch; step++)
        {
            var slot = ahead.Take(step, cancellation);
            var indices = slot.Rendered.ToArray();
            var labels = Array.ConvertAll(indices, index => (long)_dataset.Label(index));
            var batch = new LabelledBatch(slot.Buffer, _policy.ImageSize, indices, labels, epoch, step);
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

    private sealed class Plan(EpochOrder order, int epoch, AugmentationPolicy policy, ViewBatchOptions options)
        : EpochPlan(order, epoch, options.Seed)
    {
        protected override void RenderOpened(
            int index, (int Width, int Height) size, int item, BatchBuffer buffer, WorkerMemory memory)
        {
            var view = Draw(policy, memory.First ??= policy.NewParameters(), index, 0, size);
            var (image, shrink) = memory.Reader.Read(policy.ShrinkFor(view));
            policy.Render(image, shrink, view, buffer.View(item), options.Format, memory.Scratch);
        }
    }
}
