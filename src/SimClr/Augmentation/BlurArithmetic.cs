using System.Numerics;

namespace SimClr.Augmentation;

/// <summary>A separable Gaussian blur; borders are mirrored.</summary>
internal static class BlurArithmetic
{
    public static void Apply(FloatImage image, int kernelSize, float sigma, RenderScratch scratch)
    {
        var (width, height) = (image.Width, image.Height);
        var blurred = scratch.Intermediate;
        blurred.Reshape(width, height);
        var memory = scratch.Row(kernelSize + width + kernelSize);
        var kernel = memory[..kernelSize];
        var padded = memory[kernelSize..^1]; // width + 2 · radius
        FillKernel(kernel, sigma);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = image.Plane(channel);
            var across = blurred.Plane(channel);
            for (var y = 0; y < height; y++)
            {
                Pad(plane.Slice(y * width, width), padded, kernelSize / 2);
                BlurRow(padded, kernel, across.Slice(y * width, width));
            }
            for (var y = 0; y < height; y++) SumRows(across, width, height, y, kernel, plane.Slice(y * width, width));
        }
    }

    /// <summary>Mirrors without repeating the border (-1 is 1, n is n - 2), as often as needed where the side is short.</summary>
    internal static int Reflect(int index, int length)
    {
        if (length == 1) return 0;
        var period = 2 * (length - 1);
        index = (index % period + period) % period;
        return Math.Min(index, period - index);
    }

    private static void FillKernel(Span<float> kernel, float sigma)
    {
        var total = 0.0;
        for (var i = 0; i < kernel.Length; i++)
        {
            var distance = (i - kernel.Length / 2) / (double)sigma;
            kernel[i] = (float)Math.Exp(-0.5 * distance * distance);
            total += kernel[i];
        }
        foreach (ref var weight in kernel) weight = (float)(weight / total);
    }

    private static void Pad(ReadOnlySpan<float> row, Span<float> padded, int radius)
    {
        row.CopyTo(padded[radius..]);
        for (var i = 1; i <= radius; i++)
        {
            padded[radius - i] = row[Reflect(-i, row.Length)];
            padded[radius + row.Length - 1 + i] = row[Reflect(row.Length - 1 + i, row.Length)];
        }
    }

    private static void BlurRow(ReadOnlySpan<float> padded, ReadOnlySpan<float> kernel, Span<float> result)
    {
        var x = 0;
        for (; x <= result.Length - Vector<float>.Count; x += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var tap = 0; tap < kernel.Length; tap++) sum += kernel[tap] * new Vector<float>(padded[(x + tap)..]);
            sum.CopyTo(result[x..]);
        }
        for (; x < result.Length; x++)
        {
            var sum = 0f;
            for (var tap = 0; tap < kernel.Length; tap++) sum += kernel[tap] * padded[x + tap];
            result[x] = sum;
        }
    }

    /// <summary>The weighted sum of the rows around <paramref name="y"/>.</summary>
    private static void SumRows(ReadOnlySpan<float> plane, int width, int height, int y, ReadOnlySpan<float> kernel,
        Span<float> result)
    {
        Span<int> rows = stackalloc int[kernel.Length];
        for (var tap = 0; tap < rows.Length; tap++) rows[tap] = width * Reflect(y + tap - kernel.Length / 2, height);
        var x = 0;
        for (; x <= width - Vector<float>.Count; x += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var tap = 0; tap < rows.Length; tap++) sum += kernel[tap] * new Vector<float>(plane[(rows[tap] + x)..]);
            sum.CopyTo(result[x..]);
        }
        for (; x < width; x++)
        {
            var sum = 0f;
            for (var tap = 0; tap < rows.Length; tap++) sum += kernel[tap] * plane[rows[tap] + x];
            result[x] = sum;
        }
    }
}
