using System.Numerics;
using SimClr.Randomness;

namespace SimClr.Augmentation;

/// <summary>
/// Appendix A, colour distortion: brightness, contrast, saturation and hue by random amounts in random order (torchvision's
/// ColorJitter with 0.8s, 0.8s, 0.8s, 0.2s for strength s). Every adjustment clamps its result to [0, 1].
/// </summary>
internal static class ColorJitter
{
    public static ColorJitterParameters? Draw(AugmentationOptions options, ref CounterRandom random)
    {
        if (!random.NextBernoulli(options.ColorProbability)) return null;
        Span<ColorOperation> order =
            [ColorOperation.Brightness, ColorOperation.Contrast, ColorOperation.Saturation, ColorOperation.Hue];
        random.Shuffle(order);
        return new ColorJitterParameters(
            DrawFactor(options.BrightnessRange, ref random),
            DrawFactor(options.ContrastRange, ref random),
            DrawFactor(options.SaturationRange, ref random),
            (float)random.NextDouble(-options.HueRange, options.HueRange),
            new ColorOrder(order[0], order[1], order[2], order[3]));
    }

    public static void Apply(FloatImage image, in ColorJitterParameters parameters)
    {
        Adjust(image, parameters.Order.First, parameters);
        Adjust(image, parameters.Order.Second, parameters);
        Adjust(image, parameters.Order.Third, parameters);
        Adjust(image, parameters.Order.Fourth, parameters);
    }

    public static void AdjustBrightness(FloatImage image, float factor)
    {
        for (var channel = 0; channel < 3; channel++)
            foreach (ref var v in image.Vectors(channel)) v = FloatImage.Clamped(factor * v);
    }

    /// <summary>Blends with ONE grey for the whole picture, its mean luma.</summary>
    public static void AdjustContrast(FloatImage image, float factor)
    {
        var grey = new Vector<float>((1 - factor) * Grayscale.Mean(image));
        for (var channel = 0; channel < 3; channel++)
            foreach (ref var v in image.Vectors(channel)) v = FloatImage.Clamped(factor * v + grey);
    }

    /// <summary>Blends every pixel with its own luma.</summary>
    public static void AdjustSaturation(FloatImage image, float factor)
    {
        var red = image.Vectors(0);
        var green = image.Vectors(1);
        var blue = image.Vectors(2);
        for (var i = 0; i < red.Length; i++)
        {
            var grey = (1 - factor) * Grayscale.Luma(red[i], green[i], blue[i]);
            red[i] = FloatImage.Clamped(factor * red[i] + grey);
            green[i] = FloatImage.Clamped(factor * green[i] + grey);
            blue[i] = FloatImage.Clamped(factor * blue[i] + grey);
        }
    }

    /// <summary>Turns the hue in HSV space, keeping saturation and value.</summary>
    /// <param name="image">Changed in place.</param>
    /// <param name="turn">Part of a full turn.</param>
    public static void AdjustHue(FloatImage image, float turn)
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

    private static void Adjust(FloatImage image, ColorOperation operation, in ColorJitterParameters parameters)
    {
        switch (operation)
        {
            case ColorOperation.Brightness: AdjustBrightness(image, parameters.Brightness); break;
            case ColorOperation.Contrast: AdjustContrast(image, parameters.Contrast); break;
            case ColorOperation.Saturation: AdjustSaturation(image, parameters.Saturation); break;
            default: AdjustHue(image, parameters.Hue); break;
        }
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

    private static float DrawFactor((double Low, double High) range, ref CounterRandom random) =>
        (float)random.NextDouble(range.Low, range.High);
}
