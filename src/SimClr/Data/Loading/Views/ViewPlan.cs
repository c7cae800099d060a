namespace SimClr.Data;

/// <summary>The two views of every image of an epoch.</summary>
internal sealed class ViewPlan(EpochOrder order, int epoch, ViewPolicies policies, ulong seed) : EpochPlan(order, epoch, seed)
{
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
}
