namespace SimClr.Data;

/// <summary>One view of each of B images, with their labels. Valid until the next batch is asked for.</summary>
internal sealed class LabeledBatch : PixelBatch
{
    public LabeledBatch(BatchBuffer buffer, int imageSize, int[] indices, long[] labels, int epoch, int step)
        : base(buffer, indices.Length, imageSize, indices, step) => (Labels, Epoch) = (labels, epoch);

    /// <summary><c>[B]</c>: the label of each row.</summary>
    public long[] Labels { get; }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; }
}
