using CsCheck;
using SimClr.Augmentation;

namespace SimClr.Tests.Augmentation;

public class BlurTests
{
    [Fact]
    public void Equals_the_full_kernel_summed_in_float64_on_images_of_every_shape() =>
        Gen.Select(Gen.Int[1, 80], Gen.Int[1, 40], Gen.Int[0, 12], Gen.Double[0.05, 4]).Sample((width, height, radius, sigma) =>
        {
            var image = AugmentationPolicyTests.Noise(width, height);
            var whole = new CropBox(0, 0, height, width);
            foreach (var bits in Enum.GetValues<SimdWidth>())
            {
                var renderer = new RenderScratch(bits).Renderer;
                renderer.Begin(image, 1, whole, width, height, whole, Interpolation.Bilinear);
                renderer.Blur(2 * radius + 1, (float)sigma);
                var view = renderer.Finish();
                for (var i = 0; i < 20; i++)
                {
                    var (x, y) = (i * 7 % width, i * 5 % height);
                    double sum = 0, total = 0;
                    for (var dy = -radius; dy <= radius; dy++)
                        for (var dx = -radius; dx <= radius; dx++)
                        {
                            var weight = Math.Exp(-0.5 * (dx * dx + dy * dy) / (sigma * sigma));
                            var (u, v) = (Mirrored(x + dx, width), Mirrored(y + dy, height));
                            sum += weight * image.Pixels[3 * (v * width + u) + i % 3] / 255.0;
                            total += weight;
                        }
                    // Two sums of up to 25 float32 terms, and taps left out that weigh 1e-7 in each.
                    Assert.Equal(sum / total, view.Plane(i % 3)[y * width + x], 1e-6);
                }
            }
        }, iter: 100);

    [Fact]
    public void Steps_between_blurs_are_done_between_them()
    {
        var image = AugmentationPolicyTests.Noise(40, 40);
        var blur = new GaussianBlur { Probability = 1, SigmaMin = 1.5, SigmaMax = 1.5 };
        var jitter = new ColorJitter { Probability = 1 };
        var (fused, apart) = (new AugmentationPolicy(40, null, [blur, jitter, blur]), new RenderScratch().Renderer);
        var parameters = fused.NewParameters();
        parameters.Crop = new CropBox(0, 0, 40, 40);
        parameters.Set(0, 1.5f);
        parameters.Set(1, new ColorJitterDraw(1.2f, 0.7f, 1.4f, 0.1f, new ColorOrder(
            ColorOperation.Hue, ColorOperation.Contrast, ColorOperation.Saturation, ColorOperation.Brightness)));
        parameters.Set(2, 1.5f);
        var view = new float[fused.ViewLength];
        fused.Render(image, parameters, view, new RenderScratch());
        apart.Begin(image, 1, parameters.Crop, 40, 40, parameters.Crop, Interpolation.Bilinear);
        apart.Blur(1.5f);
        apart.Finish();
        foreach (var (kind, value) in (ReadOnlySpan<(PointKind, float)>)
            [(PointKind.Hue, 0.1f), (PointKind.Contrast, 0.7f), (PointKind.Saturation, 1.4f), (PointKind.Brightness, 1.2f)])
        {
            apart.Adjust(kind, value);
            apart.Finish();
        }
        apart.Blur(1.5f);
        var expected = apart.Finish();
        for (var i = 0; i < view.Length; i++) Assert.Equal(expected.Plane(i % 3)[i / 3], view[i]);
    }

    private static int Mirrored(int index, int length)
    {
        while (index < 0 || index >= length)
        {
            if (length == 1) return 0;
            index = index < 0 ? -index : 2 * (length - 1) - index;
        }
        return index;
    }
}
