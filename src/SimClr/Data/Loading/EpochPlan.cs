using SimClr.Augmentation;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>The images of an epoch, each augmented; one that cannot be read is replaced by another.</summary>
internal abstract class EpochPlan(EpochOrder order, int epoch, ulong seed) : BatchPlan
{
    private const int MaxAttempts = 32;

    private readonly int[] _permutation = order.Permutation(epoch);

    public override ReadOnlySpan<int> Indices(int step) => order.Batch(_permutation, step);

    public override int Render(int step, int item, BatchBuffer buffer, WorkerMemory memory)
    {
        var index = Indices(step)[item];
        if (TryRender(step, index, item, buffer, memory)) return index;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var other = order.Substitute(_permutation, epoch, step, index, attempt) ?? throw NoneLeft(index);
            if (TryRender(step, other, item, buffer, memory)) return other;
        }
        var first = Unreadable.ToList()[0];
        throw new DataException(
            $"Most images of {Dataset.Name} cannot be read; the first of them is {first.Image}: {first.Reason}");
    }

    /// <summary>Draws a view of an image: a function of seed, epoch, image and view alone.</summary>
    protected AugmentationDraw Draw(
        AugmentationPolicy policy, AugmentationDraw parameters, int index, int view, (int Width, int Height) size)
    {
        var random = new CounterRandom(seed, epoch, index, view, DrawPurpose.View);
        policy.Draw(size.Width, size.Height, ref random, parameters);
        return parameters;
    }

    private DataException NoneLeft(int index) => new($"{Dataset.Describe(index)} cannot be read, and a batch takes all "
        + $"{Dataset.Count} images of {Dataset.Name}, so that no other can take its place; use a smaller BatchSize.")
    {
        Setting = nameof(ViewBatchOptions.BatchSize),
    };
}
