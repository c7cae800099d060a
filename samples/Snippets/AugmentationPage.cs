using SimClr.Augmentation;
using SimClr.Numerics;

namespace Snippets;

/// <summary>The code of docs/augmentation.md.</summary>
public static class AugmentationPage
{
    public static AugmentationPolicy Policy()
    {
        #region docs/augmentation.md 1
        var policy = new AugmentationPolicy(
            imageSize: 96,
            new RandomResizedCrop { ScaleMin = 0.2, Interpolation = Interpolation.Bicubic },
            [
                new HorizontalFlip(),
                new ColorJitter { Strength = 0.5, Hue = 0 },
                new Cutout { Side = 0.25, Probability = 0.5 },
            ],
            Normalization.ImageNet);
        #endregion

        return policy;
    }
}

#region docs/augmentation.md 2
public sealed record VerticalFlip : Transform<bool>
{
    public override string Name => "vertical-flip";

    protected override bool Draw(int side, ref CounterRandom random) => random.NextBernoulli(0.5);

    protected override void Apply(FloatImage view, in bool draw, RenderScratch scratch)
    {
        if (!draw) return;
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = view.Plane(channel);
            for (int top = 0, bottom = view.Height - 1; top < bottom; top++, bottom--)
                for (var x = 0; x < view.Width; x++)
                    (plane[top * view.Width + x], plane[bottom * view.Width + x]) =
                        (plane[bottom * view.Width + x], plane[top * view.Width + x]);
        }
    }
}
#endregion
