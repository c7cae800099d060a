namespace SimClr.Data;

/// <summary>
/// Two views of each of N images: rows 0..N-1 are first views, rows N..2N-1 second views, and i and i+N are a positive pair.
/// Valid until the next batch is asked for.
/// </summary>
public sealed class ViewBatch : PixelBatch
{
    internal ViewBatch(BatchBuffer buffer, int imageSize, int[] indices, int epoch, int step)
        : base(buffer, 2 * indices.Length, imageSize, indices, step) => Epoch = epoch;

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; }
}
