using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Datasets;
using SimClr.Randomness;

namespace SimClr.Batches;

/// <summary>The two views of every picture of an epoch.</summary>
internal sealed class ViewPlan(EpochOrder order, int epoch, AugmentationPolicy policy, ulong seed) : BatchPlan
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
        var first = Draw(index, 0, size);
        var second = Draw(index, 1, size);
        // shrink arrives with the renderer
        var shrink = Math.Min(1, ShrinkFor(first, second));
        var picture = memory.Reader.Read(shrink);
        policy.Render(picture.Image, first, Floats(buffer, item), memory.Scratch);
        policy.Render(picture.Image, second, Floats(buffer, item + BatchSize), memory.Scratch);
    }

    private int ShrinkFor(in ViewParameters first, in ViewParameters second) =>
        Shrink.ForViews(first.Crop, second.Crop, policy.Options.ImageSize);

    private ViewParameters Draw(int index, int view, (int Width, int Height) size)
    {
        var random = new CounterRandom(seed, epoch, index, view, DrawPurpose.View);
        return policy.Draw(size.Width, size.Height, ref random);
    }

    private DataException NoneLeft(int index) => new($"{Dataset.Describe(index)} cannot be read, and a batch takes all "
        + $"{Dataset.Count} pictures of {Dataset.Name}, so that no other can take its place; use a smaller --batch-size.");

    private static Span<float> Floats(BatchBuffer buffer, int row) => MemoryMarshal.Cast<byte, float>(buffer.View(row));
}
