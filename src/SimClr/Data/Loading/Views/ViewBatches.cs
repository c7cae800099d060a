using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>
/// The batches that pretraining sees: every epoch shuffles the dataset, draws the views of every image, and renders them on
/// all cores ahead of the training step. A batch is a function of dataset, policy, seed, epoch and step; the number of workers
/// and the place where an epoch was resumed do not show. An image that cannot be read is replaced by another one.
/// </summary>
public sealed class ViewBatches
{
    private readonly ViewPolicies _policies;
    private readonly ViewBatchOptions _options;
    private readonly EpochOrder _order;
    private readonly DecodedImages _images;
    private readonly BatchMemory _memory;

    /// <summary>Batches of a dataset, whose first and second views are made in the same way.</summary>
    /// <inheritdoc cref="ViewBatches(IImageDataset, AugmentationPolicy, AugmentationPolicy, ViewBatchOptions)"/>
    public ViewBatches(IImageDataset dataset, AugmentationPolicy policy, ViewBatchOptions options)
        : this(dataset, policy, policy, options)
    {
    }

    /// <summary>Batches of a dataset.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="first">How first views are made, and with more than two the third, the fifth and so on.</param>
    /// <param name="second">How second views are made, and the fourth, the sixth and so on; of the same size.</param>
    /// <param name="options">How batches are made.</param>
    /// <exception cref="ArgumentException">An option is out of its bounds, or the policies differ in size.</exception>
    /// <exception cref="DataException">The dataset is empty, or smaller than one batch.</exception>
    public ViewBatches(IImageDataset dataset, AugmentationPolicy first, AugmentationPolicy second, ViewBatchOptions options)
        : this(dataset, first, second, options, new UnreadableImages())
    {
    }

    internal ViewBatches(IImageDataset dataset, AugmentationPolicy first, AugmentationPolicy second, ViewBatchOptions options,
        UnreadableImages unreadable)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(options);
        if (first.ImageSize != second.ImageSize)
            throw new ArgumentException(
                $"First views have {first.ImageSize} pixels and second views {second.ImageSize}; they must have as many.",
                nameof(second));
        (Dataset, _policies, _options) = (dataset, new(first, second, options.Format), options.Validated());
        if (dataset.Count < 1) throw new DataException($"{dataset.Name} holds no images.");
        var most = dataset.Count / options.WorldSize;
        if (options.BatchSize > most)
        {
            var sharing = options.WorldSize > 1 ? $" shared by {options.WorldSize} processes" : "";
            throw new DataException($"{nameof(options.BatchSize)} {options.BatchSize} is larger than the "
                + $"{dataset.Count} images of {dataset.Name}{sharing}; use at most {most}.")
            {
                Setting = nameof(options.BatchSize),
            };
        }
        BatchMemory.RequireRoom(options.BatchSize, options.Views, first.ViewLength, ImageSize);
        _memory = new BatchMemory(options.Views * options.BatchSize, first.ViewLength, options.Format, options.PageLocked);
        _images = new DecodedImages(dataset, options.CacheBytes);
        Unreadable = unreadable;
        _order = new EpochOrder(dataset.Count, options.BatchSize, options.Seed, options.Rank, options.WorldSize);
    }

    /// <summary>Images N per batch.</summary>
    public int BatchSize => _options.BatchSize;

    /// <summary>Views V of each image.</summary>
    public int Views => _options.Views;

    /// <summary>Side S of a view in pixels.</summary>
    public int ImageSize => _policies.ImageSize;

    /// <summary>The images that the indices of batches refer to.</summary>
    internal IImageDataset Dataset { get; }

    /// <summary>Batches per epoch; images that do not fill one are left out, others in every epoch.</summary>
    public int StepsPerEpoch => _order.StepsPerEpoch;

    /// <summary>The images that could not be read so far and were replaced.</summary>
    public UnreadableImages Unreadable { get; }

    /// <summary>
    /// Renders an epoch. Threads live while the result is being enumerated: leaving the loop early, an exception and
    /// cancellation end them.
    /// </summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="firstStep">Where to begin, 0 to <see cref="StepsPerEpoch"/>; the batches are the whole epoch's.</param>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Batches, each valid until the next is asked for. Asking throws <see cref="DataException"/> when most images cannot be
    /// read, or when rendering an image fails for another reason; the message names it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such epoch or step.</exception>
    public IEnumerable<ViewBatch> Epoch(int epoch, int firstStep = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstStep, StepsPerEpoch);
        var plan = new ViewPlan(_order, epoch, _policies, _options.Views, _options.Seed)
        {
            Dataset = Dataset,
            Images = _images,
            Unreadable = Unreadable,
            FirstStep = firstStep,
            EndStep = StepsPerEpoch,
            BatchSize = _options.BatchSize,
        };
        return RenderedBatches.Enumerate(plan, _memory, _options.Workers, _options.Prefetch,
            slot => new ViewBatch(slot.Buffer, ImageSize, Views, slot.Rendered.ToArray(), epoch, slot.Step), cancellationToken);
    }
}
