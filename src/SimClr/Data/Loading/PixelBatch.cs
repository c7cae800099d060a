using SimClr.Augmentation;
using TorchSharp;

namespace SimClr.Data;

/// <summary>
/// Rendered images in a buffer that is used again: a batch, and every tensor that shares its memory, is valid until the next
/// batch is asked for or the enumeration ends.
/// </summary>
public abstract class PixelBatch
{
    private readonly BatchBuffer _buffer;
    private readonly int[] _indices;
    private torch.Device? _copying; // where a copy may still be under way to
    private bool _released;

    private protected PixelBatch(BatchBuffer buffer, int rows, int imageSize, int[] indices, int step)
    {
        (_buffer, _indices) = (buffer, indices);
        (Rows, ImageSize, Step) = (rows, imageSize, step);
    }

    /// <summary>Number of images in the buffer.</summary>
    public int Rows { get; }

    /// <summary>Side S in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Position of this batch, from 0.</summary>
    public int Step { get; }

    /// <summary>Which images of the dataset these are, in the order of the rows.</summary>
    public IReadOnlyList<int> Indices => _indices;

    /// <summary>How the pixels are stored.</summary>
    public PixelFormat Format => _buffer.Format;

    /// <summary>The pixels of one row as they are stored: <see cref="Format"/>, normalized.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The next batch was asked for, and the buffer is in use for another.</exception>
    public ReadOnlySpan<byte> View(int row)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return _buffer.View(row);
    }

    private long Length => (long)Rows * ImageSize * ImageSize * 3;

    /// <summary>The pixels as <c>[Rows, 3, S, S]</c>, of the type and with the strides of <see cref="Format"/>.</summary>
    /// <param name="device">
    /// Null or the processor: the tensor shares the batch's memory (nothing is copied) and must not be used once the next batch
    /// is asked for. Another device: a copy there, without that limit. From page-locked memory a GPU copies while this thread
    /// goes on; asking for the next batch waits for it.
    /// </param>
    /// <returns>A tensor that the caller owns (or its dispose scope).</returns>
    /// <exception cref="ObjectDisposedException">The next batch was asked for, and the buffer is in use for another.</exception>
    public torch.Tensor ToTensor(torch.Device? device = null)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        using var scope = torch.NewDisposeScope();
        var elements = _buffer.Elements(Length);
        var pixels = Format.Layout == PixelLayout.Planar
            ? elements.view(Rows, 3, ImageSize, ImageSize)                         // [Rows, 3, S, S]
            : elements.view(Rows, ImageSize, ImageSize, 3).permute(0, 3, 1, 2);    // [Rows, 3, S, S]
        if (device is not null && device.type != DeviceType.CPU)
        {
            pixels = pixels.to(device, non_blocking: _buffer.IsPageLocked);
            if (_buffer.IsPageLocked) _copying = device;
        }
        return pixels.MoveToOuterDisposeScope();
    }

    /// <summary>Ends the batch: its memory may be written to when this returns.</summary>
    internal void Release()
    {
        _released = true;
        if (_copying is { type: DeviceType.CUDA } device) torch.cuda.synchronize(device);
        _copying = null;
    }
}
