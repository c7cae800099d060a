using SkiaSharp;

namespace OnnxFeatures;

/// <summary>An image as the library sees one: red, green and blue as they are in the file, on white, upright.</summary>
internal sealed record Image(int Width, int Height, byte[] Pixels)
{
    public static Image Read(string path)
    {
        using var codec = SKCodec.Create(path) ?? throw new InvalidDataException($"{path} is not an image");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        // Without a color space in the target, none is converted to.
        using var stored = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null));
        if (codec.GetPixels(stored.Info, stored.GetPixels()) != SKCodecResult.Success)
            throw new InvalidDataException($"{path} is damaged");
        var rgba = stored.GetPixelSpan();
        var turn = (int)codec.EncodedOrigin; // EXIF's orientation, 1 to 8
        var pixels = new byte[3 * width * height];
        var image = turn >= 5 ? new Image(height, width, pixels) : new Image(width, height, pixels);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (right, down) = (width - 1 - x, height - 1 - y);
                var (column, row) = turn switch
                {
                    2 => (right, y),
                    3 => (right, down),
                    4 => (x, down),
                    5 => (y, x),
                    6 => (down, x),
                    7 => (down, right),
                    8 => (y, right),
                    _ => (x, y),
                };
                var (from, to) = (4 * (y * width + x), 3 * (row * image.Width + column));
                var alpha = rgba[from + 3];
                for (var c = 0; c < 3; c++)
                    pixels[to + c] = (byte)((rgba[from + c] * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        return image;
    }

    /// <summary>
    /// The shorter side resized, and the center of that; an image of the right size is left as it is. The filter is a triangle
    /// that is as wide as what it shrinks, as PIL's and torchvision's.
    /// </summary>
    /// <param name="side">S, the side of the result.</param>
    /// <param name="shorter">What the shorter side is resized to.</param>
    /// <returns><c>[S, S, 3]</c>, 0 to 255, not rounded.</returns>
    public double[] Center(int side, int shorter)
    {
        if (Width == side && Height == side) shorter = side;
        var smaller = Math.Min(Width, Height);
        var columns = Weights(Width, (int)((long)shorter * Width / smaller), side);
        var rows = Weights(Height, (int)((long)shorter * Height / smaller), side);
        var line = new double[3 * Width];
        var result = new double[3 * side * side];
        for (var y = 0; y < side; y++)
        {
            Array.Clear(line);
            for (var i = 0; i < rows[y].Weights.Length; i++)
                for (var x = 0; x < line.Length; x++)
                    line[x] += rows[y].Weights[i] * Pixels[(rows[y].First + i) * line.Length + x];
            for (var x = 0; x < 3 * side; x++)
            {
                var (first, weights) = columns[x / 3];
                for (var i = 0; i < weights.Length; i++) result[3 * side * y + x] += weights[i] * line[3 * (first + i) + x % 3];
            }
        }
        return result;
    }

    /// <summary>For each of the middle outputs the first input and the weights of it and the next ones.</summary>
    private static (int First, double[] Weights)[] Weights(int length, int resized, int side)
    {
        var scale = (double)length / resized;
        var reach = Math.Max(scale, 1);
        var skipped = (int)Math.Round((resized - side) / 2.0);
        return [.. Enumerable.Range(skipped, side).Select(output =>
        {
            var center = scale * (output + 0.5);
            var (first, end) = (Math.Max(0, (int)(center - reach + 0.5)), Math.Min(length, (int)(center + reach + 0.5)));
            double[] weights = [.. Enumerable.Range(first, end - first)
                .Select(input => Math.Max(0, 1 - Math.Abs(input + 0.5 - center) / reach))];
            var sum = weights.Sum();
            return (first, Array.ConvertAll(weights, weight => weight / sum));
        })];
    }
}
