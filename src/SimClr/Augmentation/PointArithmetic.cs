using System.Numerics;

namespace SimClr.Augmentation;

/// <summary>The arithmetic of <see cref="PointOperation"/>s.</summary>
internal static class PointArithmetic
{
    public static void Apply(FloatImage image, PointOperation operation)
    {
        switch (operation.Kind)
        {
            case PointKind.Brightness: AdjustBrightness(image, operation.Value); break;
            case PointKind.Contrast: AdjustContrast(image, operation.Value); break;
            case PointKind.Saturation: AdjustSaturation(image, operation.Value); break;
            case PointKind.Hue: AdjustHue(image, operation.Value); break;
            default: RemoveColour(image); break;
        }
    }

    private static void AdjustBrightness(FloatImage image, float factor)
    {
        for (var channel = 0; channel < 3; channel++)
            foreach (ref var v in image.Vectors(channel)) v = FloatImage.Clamped(factor * v);
    }

    /// <summary>Blends with ONE grey for the whole picture, its mean luma.</summary>
    private static void AdjustContrast(FloatImage image, float factor)
    {
        var grey = new Vector<float>((1 - factor) * MeanLuma(image));
        for (var channel = 0; channel < 3; channel++)
            foreach (ref var v in image.Vectors(channel)) v = FloatImage.Clamped(factor * v + grey);
    }

    /// <summary>Blends every pixel with its own luma.</summary>
    private static void AdjustSaturation(FloatImage image, float factor)
    {
        var red = image.Vectors(0);
        var green = image.Vectors(1);
        var blue = image.Vectors(2);
        for (var i = 0; i < red.Length; i++)
        {
            var grey = (1 - factor) * Luma(red[i], green[i], blue[i]);
            red[i] = FloatImage.Clamped(factor * red[i] + grey);
            green[i] = FloatImage.Clamped(factor * green[i] + grey);
            blue[i] = FloatImage.Clamped(factor * blue[i] + grey);
        }
    }

    /// <summary>Turns the hue in HSV space, keeping saturation and value.</summary>
    /// <param name="image">Changed in place.</param>
    /// <param name="turn">Part of a full turn.</param>
    private static void AdjustHue(FloatImage image, float turn)
    {
        if (turn == 0) return;
        var red = image.Vectors(0);
        var green = image.Vectors(1);
        var blue = image.Vectors(2);
        for (var i = 0; i < red.Length; i++)
        {
            var (r, g, b) = (red[i], green[i], blue[i]);
            var value = Vector.Max(r, Vector.Max(g, b));
            var chroma = value - Vector.Min(r, Vector.Min(g, b));
            // Greys have no hue: their numerators are 0, so that any divisor but 0 gives hue 0 and chroma 0 keeps the grey.
            var scale = Vector<float>.One / Vector.ConditionalSelect(
                Vector.Equals(chroma, Vector<float>.Zero), Vector<float>.One, chroma);
            var hue = Vector.ConditionalSelect(Vector.Equals(value, r), (g - b) * scale,
                Vector.ConditionalSelect(Vector.Equals(value, g), (b - r) * scale + new Vector<float>(2),
                    (r - g) * scale + new Vector<float>(4))); // in sixths of a turn, from -1 to 5
            hue += new Vector<float>(6 * turn);
            red[i] = Channel(hue, 5, value, chroma);
            green[i] = Channel(hue, 3, value, chroma);
            blue[i] = Channel(hue, 1, value, chroma);
        }
    }

    private static void RemoveColour(FloatImage image)
    {
        var red = image.Vectors(0);
        var green = image.Vectors(1);
        var blue = image.Vectors(2);
        for (var i = 0; i < red.Length; i++) red[i] = green[i] = blue[i] = Luma(red[i], green[i], blue[i]);
    }

    /// <summary>
    /// HSV to one RGB channel without branches: value - chroma · max(0, min(k, 4 - k, 1)) with k = (offset + hue) mod 6.
    /// </summary>
    private static Vector<float> Channel(Vector<float> hue, float offset, Vector<float> value, Vector<float> chroma)
    {
        var k = hue + new Vector<float>(offset);
        k -= 6f * Vector.Floor(k * (1f / 6f));
        var share = Vector.Min(Vector.Min(k, new Vector<float>(4) - k), Vector<float>.One);
        return value - chroma * Vector.Max(share, Vector<float>.Zero);
    }

    private static Vector<float> Luma(Vector<float> red, Vector<float> green, Vector<float> blue) =>
        0.2989f * red + 0.587f * green + 0.114f * blue;

    /// <summary>The mean luma of a picture.</summary>
    internal static float MeanLuma(FloatImage image)
    {
        // A float32 sum of a large picture loses digits: blocks are summed in float32, the blocks in float64.
        const int block = 64;
        var red = image.Vectors(0);
        var green = image.Vectors(1);
        var blue = image.Vectors(2);
        var pixels = image.Width * image.Height;
        var whole = pixels / Vector<float>.Count;
        var total = 0.0;
        for (var first = 0; first < whole; first += block)
        {
            var sum = Vector<float>.Zero;
            for (var i = first; i < Math.Min(first + block, whole); i++) sum += Luma(red[i], green[i], blue[i]);
            total += Vector.Sum(sum);
        }
        for (var left = 0; left < pixels - whole * Vector<float>.Count; left++)
            total += Luma(red[whole], green[whole], blue[whole])[left];
        return (float)(total / pixels);
    }
}
