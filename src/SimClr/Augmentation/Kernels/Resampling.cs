using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Cuts a box out of an 8-bit image and resizes it, some rows at a time: vertically first, where whole rows of bytes combine
/// and half as many numbers remain to be resized horizontally.
/// </summary>
internal sealed unsafe class Resampling
{
    private const int Padding = 64; // floats behind a row that kernels may read: three vectors of the widest kind, and a bit

    private readonly ResampleWeights _horizontal = new();
    private readonly ResampleWeights _vertical = new();
    private readonly AlignedFloats _row = new();
    private readonly AlignedFloats _edge = new(); // bytes
    private RgbImage? _image;
    private ResampleAxis _x, _y;
    private bool _isCopy, _flip;

    /// <summary>Whether something is prepared and not yet rendered.</summary>
    public bool IsPending => _image is not null;

    /// <summary>Begins.</summary>
    /// <param name="image">Held until <see cref="End"/>.</param>
    /// <param name="x">The resize weights along rows.</param>
    /// <param name="y">The resize weights along columns.</param>
    public void Begin(RgbImage image, in ResampleAxis x, in ResampleAxis y) => (_image, _x, _y) = (image, x, y);

    /// <summary>Prepares the weights, when everything is known.</summary>
    public void Prepare<T>(Interpolation interpolation, bool flip) where T : unmanaged, ILanes<T>
    {
        _flip = flip;
        _isCopy = IsIdentity(_x) && IsIdentity(_y);
        if (_isCopy) return;
        ColumnSums<T>.Prepare(_horizontal, _x, interpolation, flip);
        _vertical.PrepareOutputs(_y, interpolation);
    }

    /// <summary>Renders rows <paramref name="from"/> to <paramref name="end"/> - 1, without clamping.</summary>
    public void Rows<T>(FloatImage destination, int from, int end) where T : unmanaged, ILanes<T>
    {
        fixed (byte* pixels = _image!.Pixels)
        {
            for (var y = from; y < end; y++)
            {
                var result = destination.Planes.From(y * destination.Width);
                if (_isCopy) CopyRow<T>(pixels, y, result);
                else ResizeRow<T>(pixels, y, result);
            }
        }
    }

    /// <summary>Lets go of the image.</summary>
    public void End() => _image = null;

    private void ResizeRow<T>(byte* pixels, int y, Planes result) where T : unmanaged, ILanes<T>
    {
        var width = _horizontal.EndInput - _horizontal.FirstInput;
        var stride = width + Padding;
        var memory = _row.Reserve(3 * stride);
        var row = new Planes(memory, memory + stride, memory + 2 * stride);
        var rows = Source<T>(pixels, _x.FirstPixel + _horizontal.FirstInput, width,
            _y.FirstPixel + _vertical.Start(y), _vertical.Taps, out var rowBytes);
        RowSums<T>.Apply(rows, rowBytes, _vertical.Of(y), _vertical.Taps, width, row);
        ColumnSums<T>.Apply(row, _horizontal, _x.Scale, _x.Count, result);
    }

    private void CopyRow<T>(byte* pixels, int y, Planes result) where T : unmanaged, ILanes<T>
    {
        var width = _x.Count;
        var row = Source<T>(pixels, _x.FirstPixel + _x.FirstOutput, width, _y.FirstPixel + _y.FirstOutput + y, 1, out _);
        RowSums<T>.Copy(row, width, result);
        if (!_flip) return;
        new Span<float>(result.Red, width).Reverse();
        new Span<float>(result.Green, width).Reverse();
        new Span<float>(result.Blue, width).Reverse();
    }

    /// <summary>
    /// Where some rows may be read in whole vectors. That can be some pixels too many, which do no harm unless they lie behind
    /// the image's last one; then the rows are copied.
    /// </summary>
    private byte* Source<T>(byte* pixels, int left, int width, int top, int rows, out int stride)
        where T : unmanaged, ILanes<T>
    {
        stride = 3 * _image!.Width;
        var first = pixels + (nint)top * stride + 3 * left;
        var read = 3 * ((width + T.Count - 1) / T.Count * T.Count);
        if ((long)(top + rows - 1) * stride + 3 * left + read <= (long)stride * _image.Height) return first;
        var edge = (byte*)_edge.Reserve((rows * read + sizeof(float) - 1) / sizeof(float));
        for (var row = 0; row < rows; row++)
            new ReadOnlySpan<byte>(first + (nint)row * stride, 3 * width).CopyTo(new Span<byte>(edge + row * read, 3 * width));
        stride = read;
        return edge;
    }

    private static bool IsIdentity(in ResampleAxis axis) => axis.Origin == 0 && axis.Length == axis.Outputs;
}
