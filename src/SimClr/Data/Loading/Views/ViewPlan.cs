namespace SimClr.Data;

/// <summary>The views of every image of an epoch.</summary>
internal sealed class ViewPlan(EpochOrder order, int epoch, Func<int, ViewLayout> layoutOf, ulong seed)
    : EpochPlan(order, epoch, seed)
{
    protected override void RenderOpened(
        int step, int index, (int Width, int Height) size, int item, BatchBuffer buffer, WorkerMemory memory)
    {
        var layout = layoutOf(step);
        // All views come from one decoding, and it need not show more than they will.
        var shrink = int.MaxValue;
        for (var view = 0; view < layout.All; view++)
        {
            var policy = layout.Of(view);
            shrink = Math.Min(shrink, policy.ShrinkFor(Draw(policy, memory.Draw(view, policy), index, view, size)));
        }
        var (image, shrunk) = memory.Reader.Read(shrink);
        for (var view = 0; view < layout.All; view++)
        {
            var policy = layout.Of(view);
            var place = buffer.Bytes(layout.Start(view, item, BatchSize), policy.ViewLength);
            policy.Render(image, shrunk, memory.Draw(view, policy), place, buffer.Format, memory.Scratch);
        }
    }
}
