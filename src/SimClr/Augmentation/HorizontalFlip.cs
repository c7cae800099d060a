using SimClr.Randomness;

namespace SimClr.Augmentation;

/// <summary>Mirrors left and right.</summary>
internal static class HorizontalFlip
{
    public static bool Draw(AugmentationOptions options, ref CounterRandom random) =>
        random.NextBernoulli(options.FlipProbability);

    public static void Apply(FloatImage image)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = image.Plane(channel);
            for (var y = 0; y < image.Height; y++) plane.Slice(y * image.Width, image.Width).Reverse();
        }
    }
}
