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
        return BytesOf(row * Length(ImageSize), rows: 1, ImageSize);
    }

    /// <summary>The bytes of some rows of one side.</summary>
    private protected ReadOnlySpan<byte> BytesOf(long first, int rows, int side)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        return _buffer.Bytes(first, checked(rows * (int)Length(side)));
    }

    /// <summary>The pixels as <c>[Rows, 3, S, S]</c>, of the type and with the strides of <see cref="Format"/>.</summary>
    /// <param name="device">
    /// Null or the processor: the tensor shares the batch's memory (nothing is copied) and must not be used once the next batch
    /// is asked for. Another device: a copy there, without that limit. From page-locked memory a GPU copies while this thread
    /// goes on; asking for the next batch waits for it.
    /// </param>
    /// <returns>A tensor that the caller owns (or its dispose scope).</returns>
    /// <exception cref="ObjectDisposedException">The next batch was asked for, and the buffer is in use for another.</exception>
    public torch.Tensor ToTensor(torch.Device? device = null) => PixelsOf(0, Rows, ImageSize, device);

    /// <summary>Some rows of one side as <c>[rows, 3, S, S]</c>.</summary>
    /// <param name="first">The element that they begin with.</param>
    /// <param name="rows">How many.</param>
    /// <param name="side">Side S in pixels.</param>
    /// <param name="device">As for all.</param>
    private protected torch.Tensor PixelsOf(long first, int rows, int side, torch.Device? device)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        using var scope = torch.NewDisposeScope();
        var elements = _buffer.Elements(first, rows * Length(side));
        var pixels = Format.Layout == PixelLayout.Planar
            ? elements.view(rows, 3, side, side)                         // [rows, 3, S, S]
            : elements.view(rows, side, side, 3).permute(0, 3, 1, 2);    // [rows, 3, S, S]
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

    /// <summary>Elements of one row.</summary>
    private protected static long Length(int side) => 3L * side * side;
}
