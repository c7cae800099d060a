using System.Numerics;
using SimClr.Randomness;

namespace SimClr.Augmentation;

/// <summary>Replaces the three channels by their luma (ITU-R BT.601, torchvision's coefficients).</summary>
internal static class Grayscale
{
    public static bool Draw(AugmentationOptions options, ref CounterRandom random) =>
        random.NextBernoulli(options.GrayscaleProbability);

    public static void Apply(FloatImage image)
    {
        var red = image.Vectors(0);
        var green = image.Vectors(1);
        var blue = image.Vectors(2);
        for (var i = 0; i < red.Length; i++) red[i] = green[i] = blue[i] = Luma(red[i], green[i], blue[i]);
    }

    internal static Vector<float> Luma(Vector<float> red, Vector<float> green, Vector<float> blue) =>
        0.2989f * red + 0.587f * green + 0.114f * blue;

    /// <summary>The mean luma of a picture.</summary>
    internal static float Mean(FloatImage image)
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
