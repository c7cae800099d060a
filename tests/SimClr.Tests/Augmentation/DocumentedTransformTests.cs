using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;
using Snippets;

namespace SimClr.Tests.Augmentation;

/// <summary>The code of docs/augmentation.md gives what the page says.</summary>
public class DocumentedTransformTests
{
    [Fact]
    public void A_policy_of_ones_own_renders()
    {
        var policy = AugmentationPage.Policy();
        var random = new CounterRandom(1, 0, 0, 0, DrawPurpose.View);
        var view = new float[policy.ViewLength];
        policy.Render(new RgbImage(50, 40), policy.Draw(50, 40, ref random), view, new RenderScratch());
        Assert.All(view, value => Assert.InRange(value, -3f, 3f));
    }

    [Fact]
    public void A_transform_of_ones_own_turns_an_image_upside_down()
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
}
