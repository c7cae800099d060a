using System.Numerics;
using SimClr.Images;

namespace SimClr.Augmentation;

/// <summary>Cuts a box out of an 8-bit picture and resizes it: vertically first, where whole rows of bytes combine.</summary>
internal static class Resampling
{
    private const float FromByte = 1f / 255f;

    /// <summary>Resizes a box to the destination's size <c>[H, W]</c>, without clamping.</summary>
    public static void Apply(RgbImage image, CropBox box, int width, int height, Interpolation interpolation,
        FloatImage destination, RenderScratch scratch) =>
        Apply(image, box, width, height, new CropBox(0, 0, height, width), interpolation, destination, scratch);

    /// <summary>
    /// Resizes a box to <paramref name="width"/> x <paramref name="height"/> and computes only the given window of the result.
    /// </summary>
    public static void Apply(RgbImage image, CropBox box, int width, int height, CropBox window, Interpolation interpolation,
        FloatImage destination, RenderScratch scratch)
    {
        destination.Reshape(window.Width, window.Height);
        if (box.Width == width && box.Height == height)
        {
            Copy(image, new CropBox(box.Top + window.Top, box.Left + window.Left, window.Height, window.Width), destination);
            return;
        }
        var (horizontal, vertical) = (scratch.Horizontal, scratch.Vertical);
        horizontal.Prepare(box.Width, width, window.Left, window.Width, interpolation);
        vertical.Prepare(box.Height, height, window.Top, window.Height, interpolation);
        var row = scratch.Row(3 * box.Width + 1); // a pixel is read as four floats
        row[^1] = 0;
        for (var y = 0; y < window.Height; y++)
        {
            var first = 3 * ((box.Top + vertical.Start(y)) * image.Width + box.Left);
            SumRows(image.Pixels[first..], 3 * image.Width, vertical.Of(y), row[..^1]);
            SumColumns(row, horizontal, destination, y);
        }
    }

    private static void Copy(RgbImage image, CropBox box, FloatImage destination)
    {
        var red = destination.Red;
        var green = destination.Green;
        var blue = destination.Blue;
        for (var y = 0; y < box.Height; y++)
        {
            var source = image.Pixels.Slice(3 * ((box.Top + y) * image.Width + box.Left), 3 * box.Width);
            for (int x = 0, i = y * box.Width; x < source.Length; x += 3, i++)
                (red[i], green[i], blue[i]) = (source[x] / 255f, source[x + 1] / 255f, source[x + 2] / 255f);
        }
    }

    /// <summary>The weighted sum of consecutive pixel rows, scaled from 0..255 to 0..1.</summary>
    private static void SumRows(ReadOnlySpan<byte> pixels, int stride, ReadOnlySpan<float> weights, Span<float> sum)
    {
        var x = 0;
        for (var lanes = Vector<float>.Count; x <= sum.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (var tap = 0; tap < weights.Length; tap++)
            {
                Vector.Widen(new Vector<byte>(pixels[(tap * stride + x)..]), out Vector<ushort> low, out var high);
                Vector.Widen(low, out Vector<uint> p0, out var p1);
                Vector.Widen(high, out Vector<uint> p2, out var p3);
                var weight = new Vector<float>(weights[tap] * FromByte);
                s0 += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(p0));
                s1 += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(p1));
                s2 += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(p2));
                s3 += weight * Vector.ConvertToSingle(Vector.AsVectorInt32(p3));
            }
            s0.CopyTo(sum[x..]);
            s1.CopyTo(sum[(x + lanes)..]);
            s2.CopyTo(sum[(x + 2 * lanes)..]);
            s3.CopyTo(sum[(x + 3 * lanes)..]);
        }
        for (; x < sum.Length; x++)
        {
            var s = 0f;
            for (var tap = 0; tap < weights.Length; tap++) s += weights[tap] * FromByte * pixels[tap * stride + x];
            sum[x] = s;
        }
    }

    /// <summary>Weighted sums along one interleaved row, into row <paramref name="y"/> of the planes.</summary>
    private static void SumColumns(ReadOnlySpan<float> row, ResampleWeights horizontal, FloatImage destination, int y)
    {
        var red = destination.Red;
        var green = destination.Green;
        var blue = destination.Blue;
        for (int x = 0, i = y * destination.Width; x < destination.Width; x++, i++)
        {
            var sum = Vector4.Zero; // red, green, blue, and a neighbour's value that nobody reads
            var start = 3 * horizontal.Start(x);
            foreach (var weight in horizontal.Of(x))
            {
                sum += weight * new Vector4(row.Slice(start, 4));
                start += 3;
            }
            (red[i], green[i], blue[i]) = (sum.X, sum.Y, sum.Z);
        }
    }
}
