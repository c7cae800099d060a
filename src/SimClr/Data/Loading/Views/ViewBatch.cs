namespace SimClr.Data;

/// <summary>
/// V views of each of N images, two by default: rows 0..N-1 are first views, the next N second views, and so on; i, i+N, i+2N, …
/// are views of one image. Valid until the next batch is asked for.
/// </summary>
public sealed class ViewBatch : PixelBatch
{
    internal ViewBatch(BatchBuffer buffer, int imageSize, int views, int[] indices, int epoch, int step)
        : base(buffer, views * indices.Length, imageSize, indices, step) => (Views, Epoch) = (views, epoch);

    /// <summary>Views V of each image.</summary>
    public int Views { get; }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; }
}
