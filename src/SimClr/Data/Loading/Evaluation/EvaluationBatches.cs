using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>
/// All images of a dataset once, in order and one row each, rendered ahead of the consumer. Images that cannot be read are
/// left out.
/// </summary>
public sealed class EvaluationBatches
{
    private readonly IImageDataset _dataset;
    private readonly EvaluationRendering _rendering;
    private readonly EvaluationBatchOptions _options;
    private readonly DecodedImages _images;
    private readonly BatchMemory _memory;

    /// <summary>Batches of a dataset, without augmentation.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The dataset is empty.</exception>
    public EvaluationBatches(IImageDataset dataset, EvaluationTransform transform, EvaluationBatchOptions options)
        : this(dataset, transform, options, new UnreadableImages())
    {
    }

    internal EvaluationBatches(
        IImageDataset dataset, EvaluationTransform transform, EvaluationBatchOptions options, UnreadableImages unreadable)
        : this(dataset, new EvaluationRendering.Unchanged(
            transform ?? throw new ArgumentNullException(nameof(transform)), EvaluationCrop.Center), options, unreadable)
    {
    }

    internal EvaluationBatches(
        IImageDataset dataset, EvaluationRendering rendering, EvaluationBatchOptions options, UnreadableImages unreadable)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        (_dataset, _rendering, _options) = (dataset, rendering, options.Validated());
        if (dataset.Count < 1) throw new DataException($"{dataset.Name} holds no images.");
        // A batch larger than the dataset is no mistake here, and needs no larger buffer.
        BatchSize = Math.Min(options.BatchSize, dataset.Count);
        BatchMemory.RequireRoom(BatchSize, rendering.LengthOfEach, rendering.Size);
        _memory = new BatchMemory(BatchSize * rendering.LengthOfEach, PixelFormat.Default, options.PageLocked);
        _images = new DecodedImages(dataset, options.CacheBytes);
        Unreadable = unreadable;
    }

    /// <summary>Images per batch; the last may hold fewer, and so does one with images that cannot be read.</summary>
    public int BatchSize { get; }

    /// <summary>Number of batches; one whose images cannot be read at all is passed over.</summary>
    public int Steps => (_dataset.Count - 1) / BatchSize + 1;

    /// <summary>The images that could not be read so far and were left out.</summary>
    public UnreadableImages Unreadable { get; }

    /// <summary>
    /// Renders everything. Threads live while the result is being enumerated: leaving the loop early, an exception and
    /// cancellation end them.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Batches, each valid until the next is asked for. Asking throws <see cref="DataException"/> when no image at all can be
    /// read, or when rendering one fails for another reason; the message names it.
    /// </returns>
    public IEnumerable<EvaluationBatch> All(CancellationToken cancellationToken = default) => Pass(0, cancellationToken);

    /// <summary>The same for one of several passes, which differ where images are augmented.</summary>
    /// <param name="pass">Which pass, from 0.</param>
    /// <param name="cancellationToken">As for all.</param>
    internal IEnumerable<EvaluationBatch> Pass(int pass, CancellationToken cancellationToken = default)
    {
        var plan = new Plan(_rendering, pass, [.. Enumerable.Range(0, _dataset.Count)])
        {
            Dataset = _dataset,
            Images = _images,
            Unreadable = Unreadable,
            FirstStep = 0,
            EndStep = Steps,
            BatchSize = BatchSize,
        };
        var any = false;
        foreach (var batch in RenderedBatches.Enumerate(plan, _memory, _options.Workers, _options.Prefetch, Batch,
            cancellationToken))
        {
            any = true;
            yield return batch;
        }
        if (any || _options.AllowNone) yield break;
        var first = Unreadable.ToList()[0];
        throw new DataException($"No image of {_dataset.Name} can be read; the first is {first.Image}: {first.Reason}");
    }

    private EvaluationBatch? Batch(BatchSlot slot)
    {
        var (images, rowsOfEach) = (0, _rendering.RowsOfEach);
        for (var item = 0; item < slot.Items; item++)
        {
            if (slot.Rendered[item] < 0) continue;
            if (item != images) Rows(slot, item).CopyTo(Rows(slot, images)); // closes the gaps
            slot.Rendered[images++] = slot.Rendered[item];
        }
        if (images == 0) return null;
        var indices = slot.Rendered.AsSpan(0, images).ToArray();
        return new EvaluationBatch(slot.Buffer, rowsOfEach, _rendering.Size, indices,
            Array.ConvertAll(indices, _dataset.Label), slot.Step);
    }

    private Span<byte> Rows(BatchSlot slot, int item) =>
        slot.Buffer.Bytes((long)item * _rendering.LengthOfEach, _rendering.LengthOfEach);

    private sealed class Plan(EvaluationRendering rendering, int pass, int[] order) : BatchPlan
    {
        public override ReadOnlySpan<int> Indices(int step) =>
            order.AsSpan(step * BatchSize, Math.Min(BatchSize, order.Length - step * BatchSize));

        public override int Render(int step, int item, BatchBuffer buffer, WorkerMemory memory)
        {
            var index = Indices(step)[item];
            return TryRender(step, index, item, buffer, memory) ? index : -1;
        }

        protected override void RenderOpened(
            int step, int index, (int Width, int Height) size, int item, BatchBuffer buffer, WorkerMemory memory) =>
            rendering.Render(index, pass, size, memory, buffer, item * rendering.RowsOfEach);
    }
}
