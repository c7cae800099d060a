namespace SimClr.Data;

/// <summary>The views of every image of an epoch.</summary>
internal sealed class ViewPlan(EpochOrder order, int epoch, ViewPolicies policies, int views, ulong seed)
    : EpochPlan(order, epoch, seed)
{
    protected override void RenderOpened(
        int index, (int Width, int Height) size, int item, BatchBuffer buffer, WorkerMemory memory)
    {
        // All views come from one decoding, and it need not show more than they will.
        var shrink = int.MaxValue;
        for (var view = 0; view < views; view++)
        {
            var policy = policies.Of(view);
            shrink = Math.Min(shrink, policy.ShrinkFor(Draw(policy, memory.Draw(view, policy), index, view, size)));
        }
        var (image, shrunk) = memory.Reader.Read(shrink);
        for (var view = 0; view < views; view++)
        {
            var policy = policies.Of(view);
            var place = buffer.View(item + view * BatchSize);
            policy.Render(image, shrunk, memory.Draw(view, policy), place, policies.Format, memory.Scratch);
        }
    }
}
