using SimClr.Augmentation;
using SimClr.Datasets;
using SimClr.Randomness;

namespace SimClr.Batches;

/// <summary>The two views of every picture of an epoch.</summary>
internal sealed class ViewPlan(EpochOrder order, int epoch, ViewPolicies policies, ulong seed) : BatchPlan
{
    private const int MostAttempts = 32;

    private readonly int[] _permutation = order.Permutation(epoch);

    public override ReadOnlySpan<int> Indices(int step) => order.Batch(_permutation, step);

    public override int Render(int step, int item, BatchBuffer buffer, WorkerMemory memory)
    {
        var index = Indices(step)[item];
        if (TryRender(index, item, buffer, memory)) return index;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var other = order.Substitute(_permutation, epoch, step, index, attempt) ?? throw NoneLeft(index);
            if (TryRender(other, item, buffer, memory)) return other;
        }
        var first = Unreadable.ToList()[0];
        throw new DataException(
            $"Most pictures of {Dataset.Name} cannot be read; the first of them is {first.Picture}: {first.Reason}");
    }

    protected override void RenderOpened(
        int index, (int Width, int Height) size, int item, BatchBuffer buffer, WorkerMemory memory)
    {
        // Both views come from one decoding, and it need not show more than they will.
        var first = Draw(policies.First, memory.First ??= policies.First.NewParameters(), index, 0, size);
        var second = Draw(policies.Second, memory.Second ??= policies.Second.NewParameters(), index, 1, size);
        var (image, shrink) = memory.Reader.Read(Math.Min(policies.First.ShrinkFor(first), policies.Second.ShrinkFor(second)));
        policies.First.Render(image, shrink, first, buffer.View(item), policies.Format, memory.Scratch);
        policies.Second.Render(image, shrink, second, buffer.View(item + BatchSize), policies.Format, memory.Scratch);
    }

    private ViewParameters Draw(
        AugmentationPolicy policy, ViewParameters parameters, int index, int view, (int Width, int Height) size)
    {
        var random = new CounterRandom(seed, epoch, index, view, DrawPurpose.View);
        policy.Draw(size.Width, size.Height, ref random, parameters);
        return parameters;
    }

    private DataException NoneLeft(int index) => new($"{Dataset.Describe(index)} cannot be read, and a batch takes all "
        + $"{Dataset.Count} pictures of {Dataset.Name}, so that no other can take its place; use a smaller --batch-size.");
}
