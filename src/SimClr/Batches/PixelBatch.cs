using SimClr.Runtime;
using TorchSharp;

namespace SimClr.Batches;

/// <summary>
/// Rendered pictures in a buffer that is used again: a batch, and every tensor that shares its memory, is valid until the next
/// batch is asked for or the enumeration ends.
/// </summary>
public abstract class PixelBatch
{
    private readonly float[] _buffer;
    private readonly int[] _indices;
    private bool _released;

    private protected PixelBatch(float[] buffer, int rows, int imageSize, int[] indices, int step)
    {
        (_buffer, _indices) = (buffer, indices);
        (Rows, ImageSize, Step) = (rows, imageSize, step);
    }

    /// <summary>Number of pictures in the buffer.</summary>
    public int Rows { get; }

    /// <summary>Side S in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Position of this batch, from 0.</summary>
    public int Step { get; }

    /// <summary>Which pictures of the dataset these are, in the order of the rows.</summary>
    public IReadOnlyList<int> Indices => _indices;

    /// <summary>The pixels, <c>[Rows, S, S, 3]</c> float32, normalised.</summary>
    /// <exception cref="ObjectDisposedException">The next batch was asked for, and the buffer is in use for another.</exception>
    public ReadOnlySpan<float> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_released, this);
            return _buffer.AsSpan(0, Length);
        }
    }

    private int Length => Rows * ImageSize * ImageSize * 3;

    /// <summary>The pixels as <c>[Rows, 3, S, S]</c> float32 with channels-last strides.</summary>
    /// <param name="device">
    /// Null or the processor: the tensor shares the batch's memory (nothing is copied) and must not be used once the next batch
    /// is asked for. Another device: a copy there, without that limit.
    /// </param>
    /// <returns>A tensor that the caller owns (or its dispose scope).</returns>
    /// <exception cref="ObjectDisposedException">The next batch was asked for, and the buffer is in use for another.</exception>
    public torch.Tensor ToTensor(torch.Device? device = null)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        TorchRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        var pixels = torch.frombuffer(_buffer, torch.ScalarType.Float32, Length)
            .view(Rows, ImageSize, ImageSize, 3)
            .permute(0, 3, 1, 2); // [Rows, 3, S, S]
        if (device is not null && device.type != DeviceType.CPU) pixels = pixels.to(device);
        return pixels.MoveToOuterDisposeScope();
    }

    internal void Release() => _released = true;
}
