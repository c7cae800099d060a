using TorchSharp;

namespace SimClr.Data;

/// <summary>
/// V views of each of N images, two by default: rows 0..N-1 are first views, the next N second views, and so on; i, i+N, i+2N, …
/// are views of one image. There may be K small views of each image too, in the same order. Valid until the next batch is asked
/// for.
/// </summary>
public sealed class ViewBatch : PixelBatch
{
    private readonly long _firstSmall;

    internal ViewBatch(BatchBuffer buffer, ViewLayout layout, int[] indices, int epoch, int step)
        : base(buffer, layout.Views * indices.Length, layout.Policies.ImageSize, indices, step)
    {
        (Views, SmallViews, Epoch) = (layout.Views, layout.SmallViews, epoch);
        SmallImageSize = layout.SmallPolicies.ImageSize;
        _firstSmall = Rows * Length(ImageSize);
    }

    /// <summary>Views V of each image, small ones not counted.</summary>
    public int Views { get; }

    /// <summary>Small views K of each image.</summary>
    public int SmallViews { get; }

    /// <summary>Side of small views in pixels.</summary>
    public int SmallImageSize { get; }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; }

    /// <summary>The pixels of all small views as they are stored.</summary>
    internal ReadOnlySpan<byte> SmallBytes => BytesOf(_firstSmall, SmallViews * Indices.Count, SmallImageSize);

    /// <summary>The small views as <c>[K·N, 3, s, s]</c>, as <see cref="PixelBatch.ToTensor"/> gives the others.</summary>
    /// <param name="device">As there.</param>
    /// <returns>A tensor that the caller owns (or its dispose scope); null where there are none.</returns>
    /// <exception cref="ObjectDisposedException">The next batch was asked for, and the buffer is in use for another.</exception>
    public torch.Tensor? SmallToTensor(torch.Device? device = null) =>
        SmallViews == 0 ? null : PixelsOf(_firstSmall, SmallViews * Indices.Count, SmallImageSize, device);
}
