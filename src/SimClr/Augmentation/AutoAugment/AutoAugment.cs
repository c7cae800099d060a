using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// AutoAugment (Cubuk et al. 2019, arXiv:1805.09501): two operations, each happening or not, of one of 25 learned pairs. In the
/// paper's Table 1 it takes the place of the color distortion, after crop and flip. The operations are those of torchvision's
/// <c>AutoAugment</c> on 8-bit images, to the byte: the view is rounded to 8 bits; shears, shifts and turns take the nearest
/// pixel, and what they uncover is black.
/// </summary>
public sealed record AutoAugment : Transform<AutoAugmentDraw>
{
    /// <inheritdoc/>
    public override string Name => Policy == AutoAugmentPolicy.Cifar10 ? "autoaugment-cifar10" : "autoaugment-imagenet";

    /// <summary>The dataset on which the pairs were learned.</summary>
    public AutoAugmentPolicy Policy { get; init; } = AutoAugmentPolicy.ImageNet;

    /// <inheritdoc/>
    public override Transform Validated()
    {
        Require(Enum.IsDefined(Policy), nameof(Policy), "ImageNet or Cifar10", (int)Policy);
        return base.Validated();
    }

    /// <inheritdoc/>
    protected override AutoAugmentDraw Draw(int side, ref CounterRandom random)
    {
        var pairs = AutoAugmentTables.Of(Policy);
        var pair = random.NextInt32(pairs.Length);
        return new AutoAugmentDraw(
            pair,
            random.NextBernoulli(pairs[pair].First.Probability),
            random.NextBernoulli(pairs[pair].Second.Probability),
            random.NextBernoulli(0.5),
            random.NextBernoulli(0.5));
    }

    /// <inheritdoc/>
    protected override void Apply(FloatImage view, in AutoAugmentDraw draw, RenderScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(scratch);
        var image = new ByteImage(view, scratch.Intermediate);
        var (first, second) = AutoAugmentTables.Of(Policy)[draw.Pair];
        if (draw.FirstApplies) first.Apply(ref image, draw.FirstNegative);
        if (draw.SecondApplies) second.Apply(ref image, draw.SecondNegative);
        image.CopyTo(view);
    }
}

/// <summary>The dataset for which AutoAugment's pairs of operations were learned.</summary>
public enum AutoAugmentPolicy
{
    /// <summary>ImageNet: mostly colors, some turns.</summary>
    ImageNet,

    /// <summary>CIFAR-10: colors, shears and shifts.</summary>
    Cifar10,
}

/// <summary>The random draw of a <see cref="AutoAugment"/> for one view.</summary>
/// <param name="Pair">Which of the 25 pairs of operations, from 0.</param>
/// <param name="FirstApplies">Whether its first operation happens.</param>
/// <param name="SecondApplies">Whether its second operation happens.</param>
/// <param name="FirstNegative">Whether the first goes the other way (left, darker, ...), where it has two.</param>
/// <param name="SecondNegative">Whether the second goes the other way, where it has two.</param>
public readonly record struct AutoAugmentDraw(
    int Pair, bool FirstApplies, bool SecondApplies, bool FirstNegative, bool SecondNegative);
