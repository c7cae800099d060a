using CsCheck;
using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Randomness;

namespace SimClr.Tests.Augmentation;

public class AugmentationPolicyTests
{
    private static readonly AugmentationOptions Nothing = new()
    {
        ImageSize = 16,
        CropScaleMin = 1,
        CropRatioMin = 1,
        CropRatioMax = 1,
        FlipProbability = 0,
        ColorProbability = 0,
        GrayscaleProbability = 0,
        BlurProbability = 0,
    };

    [Fact]
    public void With_every_probability_0_a_picture_of_the_views_size_is_untouched()
    {
        var image = Noise(16, 16);
        Assert.Equal(image.Pixels.ToArray().Select(p => p / 255f), Render(Nothing, image));
        var policy = new AugmentationPolicy(Nothing);
        Assert.Equal(image.Pixels, policy.RenderPreview(image, Draw(policy, image)).Pixels);
    }

    [Fact]
    public void With_every_probability_1_every_transform_is_drawn()
    {
        var options = Nothing with { FlipProbability = 1, ColorProbability = 1, GrayscaleProbability = 1, BlurProbability = 1 };
        var policy = new AugmentationPolicy(options);
        for (var item = 0; item < 1000; item++)
        {
            var random = new CounterRandom(0, 0, item, 0, DrawPurpose.View);
            var view = policy.Draw(50, 50, ref random);
            Assert.True(view is { Flip: true, Jitter: not null, Grayscale: true, BlurSigma: not null });
        }
    }

    [Fact]
    public void A_flip_mirrors_and_grey_makes_channels_equal()
    {
        var image = Noise(16, 16);
        var flipped = Render(Nothing with { FlipProbability = 1 }, image);
        for (var i = 0; i < flipped.Length; i++)
        {
            var (y, x, c) = (i / 48, i / 3 % 16, i % 3);
            Assert.Equal(image.Pixels[(y * 16 + 15 - x) * 3 + c] / 255f, flipped[i]);
        }
        var grey = Render(Nothing with { GrayscaleProbability = 1 }, image);
        for (var i = 0; i < grey.Length; i += 3)
        {
            var luma = 0.2989 * image.Pixels[i] + 0.587 * image.Pixels[i + 1] + 0.114 * image.Pixels[i + 2];
            Assert.Equal(luma / 255, grey[i], 1e-6); // float32 rounding of three products and two sums
            Assert.True(grey[i] == grey[i + 1] && grey[i] == grey[i + 2]);
        }
    }

    [Fact]
    public void Pictures_of_every_size_give_finite_views_in_range() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 200], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, 1 << 20]).Sample(
        (width, height, size, cubic, item) =>
        {
            var image = Noise(width, height);
            var policy = new AugmentationPolicy(new AugmentationOptions
            {
                ImageSize = size,
                Interpolation = cubic ? Interpolation.Bicubic : Interpolation.Bilinear,
                BlurProbability = 0.8,
            });
            var random = new CounterRandom(1, 0, item, 0, DrawPurpose.View);
            var parameters = policy.Draw(width, height, ref random);
            Assert.True(parameters.Crop.LiesIn(width, height));
            var view = new float[policy.ViewLength];
            policy.Render(image, parameters, view, new RenderScratch());
            // Weights sum to 1 only up to rounding, so a white picture may exceed 1 by some 1e-7.
            Assert.All(view, v => Assert.InRange(v, -1e-6f, 1 + 1e-6f));
        }, iter: 300);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 300)]
    [InlineData(300, 1)]
    [InlineData(2, 3)]
    public void Extreme_pictures_of_one_colour_stay_that_colour_under_crop_flip_and_blur(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(60 + 50 * (i % 3));
        var options = new AugmentationOptions
        {
            ImageSize = 37,
            ColorProbability = 0,
            GrayscaleProbability = 0,
            BlurProbability = 1,
        };
        var view = Render(options, image);
        for (var i = 0; i < view.Length; i++) Assert.Equal((60 + 50 * (i % 3)) / 255.0, view[i], 1e-6); // weights sum to 1
    }

    [Fact]
    public void Draws_do_not_depend_on_pixels_and_scratch_does_not_carry_over()
    {
        var policy = new AugmentationPolicy(new AugmentationOptions { ImageSize = 24, BlurProbability = 1 });
        Assert.Equal(Draw(policy, Noise(40, 30)), Draw(policy, new RgbImage(40, 30)));
        var (image, scratch) = (Noise(40, 30), new RenderScratch());
        var (fresh, used) = (new float[policy.ViewLength], new float[policy.ViewLength]);
        policy.Render(image, Draw(policy, image), fresh, new RenderScratch());
        var large = Noise(333, 222);
        policy.Render(large, Draw(policy, large), used, scratch);
        policy.Render(image, Draw(policy, image), used, scratch);
        Assert.Equal(fresh, used);
    }

    [Fact]
    public void A_warm_renderer_allocates_nothing()
    {
        var options = new AugmentationOptions { ImageSize = 24, BlurProbability = 1, ColorProbability = 1 };
        var policy = new AugmentationPolicy(options);
        var (image, scratch, view) = (Noise(40, 30), new RenderScratch(), new float[policy.ViewLength]);
        var parameters = Draw(policy, image);
        policy.Render(image, parameters, view, scratch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            parameters = Draw(policy, image);
            policy.Render(image, parameters, view, scratch);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_crop_outside_the_picture_or_a_wrong_destination_is_refused()
    {
        var policy = new AugmentationPolicy(Nothing);
        var (image, view, scratch) = (Noise(16, 16), new float[policy.ViewLength], new RenderScratch());
        Assert.Throws<ArgumentException>(() => policy.Render(image, Draw(policy, image), new float[5], scratch));
        CropBox[] outside = [new(-1, 0, 4, 4), new(0, 0, 17, 4), new(0, 13, 4, 4), new(0, 0, 0, 4), new(int.MaxValue, 0, 4, 4)];
        foreach (var crop in outside)
            Assert.Throws<ArgumentException>(() => policy.Render(image, new ViewParameters { Crop = crop }, view, scratch));
    }

    private static ViewParameters Draw(AugmentationPolicy policy, RgbImage image)
    {
        var random = new CounterRandom(3, 1, 4, 1, DrawPurpose.View);
        return policy.Draw(image.Width, image.Height, ref random);
    }

    private static float[] Render(AugmentationOptions options, RgbImage image)
    {
        var policy = new AugmentationPolicy(options);
        var view = new float[policy.ViewLength];
        policy.Render(image, Draw(policy, image), view, new RenderScratch());
        return view;
    }

    internal static RgbImage Noise(int width, int height)
    {
        var image = new RgbImage(width, height);
        var random = new CounterRandom(9, 0, width, height, DrawPurpose.Shape);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)random.NextUInt32();
        return image;
    }
}
