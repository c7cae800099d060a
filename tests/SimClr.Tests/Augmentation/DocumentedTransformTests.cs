using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Augmentation;

/// <summary>The code of docs/augmentation.md, compiled and run.</summary>
public class DocumentedTransformTests
{
    [Fact]
    public void A_policy_of_ones_own_renders()
    {
        var policy = new AugmentationPolicy(
            imageSize: 96,
            new RandomResizedCrop { ScaleMin = 0.2, Interpolation = Interpolation.Bicubic },
            [
                new HorizontalFlip(),
                new ColorJitter { Strength = 0.5, Hue = 0 },
                new Cutout { Side = 0.25, Probability = 0.5 },
            ],
            Normalization.ImageNet);
        var random = new CounterRandom(1, 0, 0, 0, DrawPurpose.View);
        var view = new float[policy.ViewLength];
        policy.Render(new RgbImage(50, 40), policy.Draw(50, 40, ref random), view, new RenderScratch());
        Assert.All(view, value => Assert.InRange(value, -3f, 3f));
    }

    [Fact]
    public void A_transform_of_ones_own_turns_a_picture_upside_down()
    {
        var policy = new AugmentationPolicy(3, null, [new VerticalFlip()]);
        var image = new RgbImage(3, 3, [.. Enumerable.Range(0, 27).Select(i => (byte)i)]);
        var turned = 0;
        for (var item = 0; item < 40; item++)
        {
            var random = new CounterRandom(1, 0, item, 0, DrawPurpose.View);
            var parameters = policy.Draw(3, 3, ref random);
            var expected = image.Pixels.ToArray();
            if (parameters.Get<bool>(0))
            {
                expected = [.. expected[18..], .. expected[9..18], .. expected[..9]];
                turned++;
            }
            Assert.Equal(expected, policy.RenderPreview(image, parameters).Pixels.ToArray());
        }
        Assert.InRange(turned, 8, 32);
    }

    private sealed record VerticalFlip : Transform<bool>
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
}
