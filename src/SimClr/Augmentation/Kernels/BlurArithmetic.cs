using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>A separable Gaussian blur; borders are mirrored.</summary>
/// <remarks>
/// Done from top to bottom: a row is blurred across into one of a few rows that are used in turn, and as soon as these hold
/// all that an output row needs, they are summed into it. What is read is still in the nearest caches, and the image is
/// changed in place.
/// </remarks>
internal sealed unsafe class BlurArithmetic
{
    /// <summary>
    /// Taps on both ends are left out as long as all of them together weigh less: a change below float32's rounding. A σ of 1
    /// keeps 11 taps, of 2 all that the paper's 23 for side 224 have.
    /// </summary>
    private const double Negligible = 1e-7;

    private readonly AlignedFloats _ring = new();
    private readonly AlignedFloats _row = new();
    private float[] _kernel = [];
    private int[] _taps = [];
    private int _radius, _rowsAcross, _ringRows, _ringStride;

    /// <summary>Begins to blur an image.</summary>
    public void Begin(FloatImage image, int kernelSize, float sigma)
    {
        FillKernel(kernelSize / 2, sigma);
        // Rows that the border mirrors are among those that the kernel reaches anyway.
        _ringRows = Math.Min(2 * _radius + 1, image.Height);
        _ringStride = (image.Width + 31) / 16 * 16;
        _ring.Reserve(checked(3 * _ringRows * _ringStride));
        _row.Reserve(image.Width + 2 * _radius + 16);
        if (_taps.Length < 2 * _radius + 1) _taps = new int[2 * _radius + 1];
        _rowsAcross = 0;
    }

    /// <summary>Blurs rows <paramref name="from"/> to <paramref name="end"/> - 1; the rows before have to be done.</summary>
    public void Rows<T>(FloatImage image, int from, int end) where T : unmanaged, ILanes<T>
    {
        if (_radius == 0) return; // what is left is the identity
        for (var y = from; y < end; y++)
        {
            while (_rowsAcross < Math.Min(y + _radius + 1, image.Height)) Across<T>(image, _rowsAcross++);
            Down<T>(image, y);
        }
    }

    /// <summary>Mirrors without repeating the border (-1 is 1, n is n - 2), as often as needed where the side is short.</summary>
    internal static int Reflect(int index, int length)
    {
        var period = 2 * (length - 1);
        index = Math.Abs(index);
        if (index > period) index = period == 0 ? 0 : index % period; // a division, seldom needed
        return Math.Min(index, period - index);
    }

    /// <summary>The center's weight and those to one side.</summary>
    private void FillKernel(int radius, float sigma)
    {
        if (_kernel.Length < radius + 1) _kernel = new float[radius + 1];
        var total = 0.0;
        for (var i = 0; i <= radius; i++) total += (i == 0 ? 1 : 2) * Weight(i, sigma);
        for (var i = 0; i <= radius; i++) _kernel[i] = (float)(Weight(i, sigma) / total);
        _radius = radius;
        for (var left = 0.0; _radius > 0; _radius--)
            if ((left += 2 * _kernel[_radius]) >= Negligible) break;
    }

    private static double Weight(int distance, float sigma) => Math.Exp(-0.5 * distance * distance / ((double)sigma * sigma));

    private float* RingRow(int channel, int y) => _ring.Pointer + (channel * _ringRows + y % _ringRows) * _ringStride;

    private void Across<T>(FloatImage image, int y) where T : unmanaged, ILanes<T>
    {
        var width = image.Width;
        var padded = _row.Pointer;
        fixed (float* kernel = _kernel)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                var row = image.Plane(channel).Slice(y * width, width);
                row.CopyTo(_row.Slice(_radius, width));
                for (var i = 1; i <= _radius; i++)
                {
                    padded[_radius - i] = row[Reflect(-i, width)];
                    padded[_radius + width - 1 + i] = row[Reflect(width - 1 + i, width)];
                }
                BlurSums<T>.Across(padded + _radius, kernel, _radius, width, RingRow(channel, y));
            }
        }
    }

    private void Down<T>(FloatImage image, int y) where T : unmanaged, ILanes<T>
    {
        for (var tap = 0; tap <= 2 * _radius; tap++)
            _taps[tap] = Reflect(y + tap - _radius, image.Height) % _ringRows * _ringStride;
        fixed (int* taps = _taps)
        fixed (float* kernel = _kernel)
        {
            var planes = image.Planes.From(y * image.Width);
            BlurSums<T>.Down(RingRow(0, 0), taps + _radius, kernel, _radius, image.Width, planes.Red);
            BlurSums<T>.Down(RingRow(1, 0), taps + _radius, kernel, _radius, image.Width, planes.Green);
            BlurSums<T>.Down(RingRow(2, 0), taps + _radius, kernel, _radius, image.Width, planes.Blue);
        }
    }
}
