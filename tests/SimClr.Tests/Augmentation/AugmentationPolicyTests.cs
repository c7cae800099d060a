using CsCheck;
using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Augmentation;

public class AugmentationPolicyTests
{
    private static readonly RandomResizedCrop Whole = new() { ScaleMin = 1, RatioMin = 1, RatioMax = 1 };

    [Fact]
    public void With_every_probability_0_an_image_of_the_views_size_is_untouched()
    {
        var image = Noise(16, 16);
        var policy = Policy(16);
        Assert.Equal(image.Pixels.ToArray().Select(p => p / 255f), Render(policy, image));
        Assert.Equal(image.Pixels, policy.RenderPreview(image, Draw(policy, image)).Pixels);
    }

    [Fact]
    public void With_every_probability_1_every_transform_is_drawn()
    {
        var policy = Policy(16, flip: 1, color: 1, gray: 1, blur: 1);
        for (var item = 0; item < 1000; item++)
        {
            var random = new CounterRandom(0, 0, item, 0, DrawPurpose.View);
            var view = policy.Draw(50, 50, ref random);
            Assert.All(Enumerable.Range(0, view.Count), transform => Assert.True(view.Applies(transform)));
        }
    }

    [Fact]
    public void A_flip_mirrors_and_gray_makes_channels_equal()
    {
        var image = Noise(16, 16);
        var flipped = Render(Policy(16, flip: 1), image);
        for (var i = 0; i < flipped.Length; i++)
        {
            var (y, x, c) = (i / 48, i / 3 % 16, i % 3);
            Assert.Equal(image.Pixels[(y * 16 + 15 - x) * 3 + c] / 255f, flipped[i]);
        }
        var colorless = Render(Policy(16, gray: 1), image);
        for (var i = 0; i < colorless.Length; i += 3)
        {
            var luma = 0.2989 * image.Pixels[i] + 0.587 * image.Pixels[i + 1] + 0.114 * image.Pixels[i + 2];
            Assert.Equal(luma / 255, colorless[i], 1e-6); // float32 rounding of three products and two sums
            Assert.True(colorless[i] == colorless[i + 1] && colorless[i] == colorless[i + 2]);
        }
    }

    [Fact]
    public void Images_of_every_size_give_finite_views_in_range() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 200], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, 1 << 20]).Sample(
        (width, height, size, cubic, item) =>
        {
            var image = Noise(width, height);
            var policy = new AugmentationPolicy(size,
                new RandomResizedCrop { Interpolation = cubic ? Interpolation.Bicubic : Interpolation.Bilinear },
                AugmentationPolicy.Paper(size, blurProbability: 0.8).Transforms);
            var random = new CounterRandom(1, 0, item, 0, DrawPurpose.View);
            var parameters = policy.Draw(width, height, ref random);
            Assert.True(parameters.Crop.LiesIn(width, height));
            var view = new float[policy.ViewLength];
            policy.Render(image, parameters, view, new RenderScratch());
            // Weights sum to 1 only up to rounding, so a white image may exceed 1 by some 1e-7.
            Assert.All(view, v => Assert.InRange(v, -1e-6f, 1 + 1e-6f));
        }, iter: 300);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 300)]
    [InlineData(300, 1)]
    [InlineData(2, 3)]
    public void Extreme_images_of_one_color_stay_that_color_under_crop_flip_and_blur(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(60 + 50 * (i % 3));
        var policy = new AugmentationPolicy(37, new RandomResizedCrop(),
            [new HorizontalFlip(), new GaussianBlur { Probability = 1 }]);
        var view = Render(policy, image);
        for (var i = 0; i < view.Length; i++) Assert.Equal((60 + 50 * (i % 3)) / 255.0, view[i], 1e-6); // weights sum to 1
    }

    [Fact]
    public void Scratch_does_not_carry_over()
    {
        var policy = AugmentationPolicy.Paper(24, blurProbability: 1);
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
        var policy = Policy(24, flip: 1, color: 1, gray: 0.5, blur: 1);
        var (image, scratch, view) = (Noise(40, 30), new RenderScratch(), new float[policy.ViewLength]);
        var parameters = Draw(policy, image);
        policy.Render(image, parameters, view, scratch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            var random = new CounterRandom(3, 1, i, 1, DrawPurpose.View);
            policy.Draw(image.Width, image.Height, ref random, parameters);
            policy.Render(image, parameters, view, scratch);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_crop_outside_the_image_or_a_wrong_destination_is_refused()
    {
        var policy = Policy(16);
        var (image, view, scratch) = (Noise(16, 16), new float[policy.ViewLength], new RenderScratch());
        Assert.Throws<ArgumentException>(() => policy.Render(image, Draw(policy, image), new float[5], scratch));
        CropBox[] outside = [new(-1, 0, 4, 4), new(0, 0, 17, 4), new(0, 13, 4, 4), new(0, 0, 0, 4), new(int.MaxValue, 0, 4, 4)];
        foreach (var crop in outside)
        {
            var parameters = policy.NewParameters();
            parameters.Crop = crop;
            Assert.Throws<ArgumentException>(() => policy.Render(image, parameters, view, scratch));
        }
    }

    private static AugmentationPolicy Policy(int size, double flip = 0, double color = 0, double gray = 0, double blur = 0) =>
        new(
        size, Whole,
        [
            new HorizontalFlip { Probability = flip },
            new ColorJitter { Probability = color },
            new Grayscale { Probability = gray },
            new GaussianBlur { Probability = blur },
        ]);

    private static AugmentationDraw Draw(AugmentationPolicy policy, RgbImage image)
    {
        var random = new CounterRandom(3, 1, 4, 1, DrawPurpose.View);
        return policy.Draw(image.Width, image.Height, ref random);
    }

    private static float[] Render(AugmentationPolicy policy, RgbImage image)
    {
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
