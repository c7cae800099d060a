using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Images;

namespace SimClr.Tests.Augmentation;

public class EvaluationTransformTests
{
    [Theory]
    // torchvision: Resize(256), CenterCrop(224) for 224; the longer side is cut to a whole number.
    [InlineData(224, 500, 375, 341, 256)]
    [InlineData(224, 375, 500, 256, 341)]
    [InlineData(224, 224, 224, 224, 224)]
    [InlineData(224, 256, 256, 256, 256)]
    [InlineData(96, 200, 100, 220, 110)]
    [InlineData(32, 64, 48, 42, 32)]
    [InlineData(32, 1, 1, 32, 32)]
    [InlineData(64, 1, 300, 73, 21900)]
    public void The_shorter_side_is_resized(int size, int width, int height, int resizedWidth, int resizedHeight) =>
        Assert.Equal((resizedWidth, resizedHeight), new EvaluationTransform(size, Normalization.None).ResizedTo(width, height));

    [Theory]
    [InlineData(32)]
    [InlineData(96)]
    public void An_image_of_that_size_is_only_normalized(int size)
    {
        var image = AugmentationPolicyTests.Noise(size, size);
        var result = Render(new EvaluationTransform(size, Normalization.ImageNet), image);
        double[] mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225];
        for (var i = 0; i < result.Length; i++)
            Assert.Equal((image.Pixels[i] / 255.0 - mean[i % 3]) / std[i % 3], result[i], 2e-6); // float32 of values up to 2.7
    }

    [Theory]
    [InlineData(8, 50, 20, Interpolation.Bilinear)]
    [InlineData(33, 20, 57, Interpolation.Bilinear)]
    [InlineData(33, 20, 57, Interpolation.Bicubic)]
    [InlineData(64, 90, 131, Interpolation.Bicubic)]
    public void The_center_equals_resizing_everything_and_cropping(int size, int width, int height, Interpolation interpolation)
    {
        var image = AugmentationPolicyTests.Noise(width, height);
        var transform = new EvaluationTransform(size, Normalization.None, interpolation);
        var (w, h) = transform.ResizedTo(width, height);
        var renderer = new RenderScratch().Renderer;
        renderer.Begin(image, 1, new CropBox(0, 0, height, width), w, h, new CropBox(0, 0, h, w), interpolation);
        var whole = renderer.Finish();
        var (top, left) = ((int)Math.Round((h - size) / 2.0), (int)Math.Round((w - size) / 2.0));
        var result = Render(transform, image);
        for (var i = 0; i < result.Length; i++)
        {
            var (y, x) = (i / 3 / size + top, i / 3 % size + left);
            Assert.Equal(whole.Plane(i % 3)[y * w + x], result[i]);
        }
    }

    [Theory]
    [InlineData(64, 73, 90, 131)]
    [InlineData(33, 38, 57, 20)]
    [InlineData(8, 9, 8, 8)]
    public void Corners_are_those_of_the_central_square_with_seven_eighths_of_its_side(
        int size, int resized, int width, int height)
    {
        var image = AugmentationPolicyTests.Noise(width, height);
        var (w, h) = width <= height ? (resized, resized * height / width) : (resized * width / height, resized);
        var renderer = new RenderScratch().Renderer;
        renderer.Begin(image, 1, new CropBox(0, 0, height, width), w, h, new CropBox(0, 0, h, w), Interpolation.Bilinear);
        var whole = renderer.Finish();
        var (top, left) = ((int)Math.Round((h - resized) / 2.0), (int)Math.Round((w - resized) / 2.0));
        var far = resized - size;
        var result = new float[size * size * 3];
        foreach (var (crop, x, y) in new[]
        {
            (EvaluationCrop.TopLeft, 0, 0), (EvaluationCrop.TopRight, far, 0), (EvaluationCrop.BottomLeft, 0, far),
            (EvaluationCrop.BottomRight, far, far),
        })
        {
            new EvaluationTransform(size, Normalization.None).Render(
                image, crop, MemoryMarshal.AsBytes(result.AsSpan()), PixelFormat.Default, new RenderScratch());
            for (var i = 0; i < result.Length; i++)
                Assert.Equal(whole.Plane(i % 3)[(i / 3 / size + top + y) * w + i / 3 % size + left + x], result[i]);
        }
    }

    [Fact]
    public void A_line_of_a_million_pixels_is_rendered()
    {
        var image = new RgbImage(1_000_000, 1);
        image.Pixels.Fill(51);
        var result = Render(new EvaluationTransform(2048, Normalization.None), image);
        Assert.All(result[..4096], value => Assert.Equal(0.2f, value, 1e-6f));
    }

    [Fact]
    public void Unusable_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EvaluationTransform(0, Normalization.None));
        Assert.Throws<ArgumentException>(() => new EvaluationTransform(8, new Normalization(new(float.NaN, 0, 0), new(1, 1, 1))));
        var transform = new EvaluationTransform(8, Normalization.None);
        Assert.Throws<ArgumentException>(() => transform.Render(new RgbImage(9, 9), new float[3], new RenderScratch()));
    }

    private static float[] Render(EvaluationTransform transform, RgbImage image)
    {
        var result = new float[transform.ViewLength];
        transform.Render(image, result, new RenderScratch());
        return result;
    }
}
