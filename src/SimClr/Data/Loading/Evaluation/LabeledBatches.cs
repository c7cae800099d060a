using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>
/// The batches that a classifier learns from: every epoch shuffles the dataset and draws one view of every image, the one that
/// <see cref="ViewBatches"/> would show first. A batch is a function of dataset, policy, seed, epoch and step. An image that
/// cannot be read is replaced by another one, with the label of that one.
/// </summary>
internal sealed class LabeledBatches
{
    private readonly IImageDataset _dataset;
    private readonly AugmentationPolicy _policy;
    private readonly ViewBatchOptions _options;
    private readonly EpochOrder _order;
    private readonly DecodedImages _images;
    private readonly BatchMemory _memory;

    /// <param name="dataset">Images, all of which have labels.</param>
    /// <param name="policy">How views are made.</param>
    /// <param name="options">How batches are made, by one process alone.</param>
    /// <param name="unreadable">Remembers images that cannot be read.</param>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The dataset is smaller than one batch.</exception>
    public LabeledBatches(
        IImageDataset dataset, AugmentationPolicy policy, ViewBatchOptions options, UnreadableImages unreadable)
    {
        (_dataset, _policy, _options, Unreadable) = (dataset, policy, options.Validated(), unreadable);
        if (options.BatchSize > dataset.Count)
            throw new DataException($"{nameof(options.BatchSize)} {options.BatchSize} is larger than the "
                + $"{dataset.Count} labeled images of {dataset.Name}; use at most {dataset.Count}.")
            {
                Setting = nameof(options.BatchSize),
            };
        BatchMemory.RequireRoom(options.BatchSize, policy.ViewLength, policy.ImageSize);
        _memory = new BatchMemory(options.BatchSize * policy.ViewLength, options.Format, options.PageLocked);
        _images = new DecodedImages(dataset, options.CacheBytes);
        _order = new EpochOrder(dataset.Count, options.BatchSize, options.Seed);
    }

    /// <summary>Batches per epoch; images that do not fill one are left out, others in every epoch.</summary>
    public int StepsPerEpoch => _order.StepsPerEpoch;

    /// <summary>The images that could not be read so far and were replaced.</summary>
    public UnreadableImages Unreadable { get; }

    /// <summary>Renders an epoch; threads live while the result is being enumerated.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<LabeledBatch> Epoch(int epoch, CancellationToken cancellationToken = default)
    {
        var plan = new Plan(_order, epoch, _policy, _options)
        {
            Dataset = _dataset,
            Images = _images,
            Unreadable = Unreadable,
            FirstStep = 0,
            EndStep = StepsPerEpoch,
            BatchSize = _options.BatchSize,
        };
        return RenderedBatches.Enumerate(plan, _memory, _options.Workers, _options.Prefetch, Batch, cancellationToken);

        LabeledBatch Batch(BatchSlot slot)
        {
            var indices = slot.Rendered.ToArray();
            return new(slot.Buffer, _policy.ImageSize, indices, Array.ConvertAll(indices, index => (long)_dataset.Label(index)),
                epoch, slot.Step);
        }
    }

    private sealed class Plan(EpochOrder order, int epoch, AugmentationPolicy policy, ViewBatchOptions options)
        : EpochPlan(order, epoch, options.Seed)
    {
        protected override void RenderOpened(
            int step, int index, (int Width, int Height) size, int item, BatchBuffer buffer, WorkerMemory memory)
        {
            var view = Draw(policy, memory.Draw(0, policy), index, 0, size);
            var (image, shrink) = memory.Reader.Read(policy.ShrinkFor(view));
            var place = buffer.Bytes((long)item * policy.ViewLength, policy.ViewLength);
            policy.Render(image, shrink, view, place, options.Format, memory.Scratch);
        }
    }
}
