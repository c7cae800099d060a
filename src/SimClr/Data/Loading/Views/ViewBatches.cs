using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>
/// The batches that pretraining sees: every epoch shuffles the dataset, draws the views of every image, and renders them on
/// all cores ahead of the training step. A batch is a function of dataset, policy, seed, epoch and step; the number of workers
/// and the place where an epoch was resumed do not show. An image that cannot be read is replaced by another one.
/// </summary>
public sealed class ViewBatches
{
    private readonly IReadOnlyList<ViewStage> _stages;
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

    private ViewBatches(IImageDataset dataset, AugmentationPolicy first, AugmentationPolicy second, ViewBatchOptions options,
        UnreadableImages unreadable)
        : this(dataset, OneStage(first, second, options), options, unreadable)
    {
    }

    /// <param name="dataset">The images.</param>
    /// <param name="stages">Which views batches have, in the order of the run.</param>
    /// <param name="options">How batches are made; each stage says its views.</param>
    /// <param name="unreadable">Receives the images that cannot be read.</param>
    internal ViewBatches(
        IImageDataset dataset, IReadOnlyList<ViewStage> stages, ViewBatchOptions options, UnreadableImages unreadable)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        (Dataset, _stages, _options) = (dataset, stages, options.Validated());
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
        var largest = stages.Select(stage => stage.Layout).MaxBy(layout => layout.LengthOfEach)!;
        BatchMemory.RequireRoom(options.BatchSize, largest.LengthOfEach, largest.Policies.ImageSize);
        _memory = new BatchMemory((int)(options.BatchSize * largest.LengthOfEach), options.Format, options.PageLocked);
        _images = new DecodedImages(dataset, options.CacheBytes);
        Unreadable = unreadable;
        _order = new EpochOrder(dataset.Count, options.BatchSize, options.Seed, options.Rank, options.WorldSize);
    }

    /// <summary>Images N per batch.</summary>
    public int BatchSize => _options.BatchSize;

    /// <summary>Views V of each image, small ones not counted.</summary>
    public int Views => _stages[^1].Layout.Views;

    /// <summary>Side S of a view in pixels; that of the last where it changes during the run.</summary>
    public int ImageSize => _stages[^1].Layout.Policies.ImageSize;

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
        var before = (long)epoch * StepsPerEpoch;
        var plan = new ViewPlan(_order, epoch, step => LayoutAt(before + step), _options.Seed)
        {
            Dataset = Dataset,
            Images = _images,
            Unreadable = Unreadable,
            FirstStep = firstStep,
            EndStep = StepsPerEpoch,
            BatchSize = _options.BatchSize,
        };
        return RenderedBatches.Enumerate(plan, _memory, _options.Workers, _options.Prefetch,
            slot => new ViewBatch(slot.Buffer, LayoutAt(before + slot.Step), slot.Rendered.ToArray(), epoch, slot.Step),
            cancellationToken);
    }

    private ViewLayout LayoutAt(long step)
    {
        var at = 0;
        while (at < _stages.Count - 1 && step >= _stages[at].EndStep(StepsPerEpoch)) at++;
        return _stages[at].Layout;
    }

    private static ViewStage[] OneStage(AugmentationPolicy first, AugmentationPolicy second, ViewBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(options);
        if (first.ImageSize != second.ImageSize)
            throw new ArgumentException(
                $"First views have {first.ImageSize} pixels and second views {second.ImageSize}; they must have as many.",
                nameof(second));
        var policies = new ViewPolicies(first, second);
        return [new(new(policies, options.Views, policies, SmallViews: 0), double.PositiveInfinity)];
    }
}
