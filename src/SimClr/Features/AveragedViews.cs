using SimClr.Augmentation;
using SimClr.Native;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// The views of an image over whose features a finished encoder takes the mean. 1: the image as evaluation crops it. 2: that and
/// its mirror image, left and right exchanged. 10: that and the four corners of the central square, with 7/8 of its side, each
/// with its mirror image; from side 64 on the ten crops of Krizhevsky et al. 2012 (ImageNet Classification with Deep
/// Convolutional Neural Networks, Section 4.1), who average class probabilities.
/// </summary>
internal sealed class AveragedViews
{
    /// <summary>The image alone.</summary>
    public static readonly AveragedViews One = new(1, EvaluationCrop.Center);

    private static readonly AveragedViews Two = new(2, EvaluationCrop.Center), Ten = new(10, Enum.GetValues<EvaluationCrop>());

    private AveragedViews(int count, params IReadOnlyList<EvaluationCrop> crops) => (Count, Crops) = (count, crops);

    /// <summary>How many they are.</summary>
    public int Count { get; }

    /// <summary>The C crops that are rendered; mirror images are made of them.</summary>
    public IReadOnlyList<EvaluationCrop> Crops { get; }

    /// <summary>The views of a number.</summary>
    /// <exception cref="SettingsException">It is none of 1, 2 and 10.</exception>
    public static AveragedViews Of(int count)
    {
        Require.UseViews(count);
        return count switch { 1 => One, 2 => Two, _ => Ten };
    }

    /// <summary>The mean of the features of each image, which are not normalized before.</summary>
    /// <param name="network">Images <c>[n, 3, S, S]</c> to features <c>[n, d]</c>.</param>
    /// <param name="crops">The crops of B images, <c>[B·C, 3, S, S]</c>, those of an image one after the other.</param>
    /// <returns><c>[B, d]</c>.</returns>
    public Tensor Mean(Func<Tensor, Tensor> network, Tensor crops)
    {
        var features = network(crops); // [B·C, d]
        if (Count == 1) return features;
        features = features.add(network(crops.flip(3)), Scalars.One).div(Scalars.Of(2)); // [B·C, d]
        return Crops.Count == 1 ? features : features.view(-1, Crops.Count, features.shape[1]).mean([1]); // [B, d]
    }
}
