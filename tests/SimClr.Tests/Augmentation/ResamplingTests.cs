using CsCheck;
using SimClr.Augmentation;
using SimClr.Images;

namespace SimClr.Tests.Augmentation;

public class ResamplingTests
{
    [Fact]
    public void Equals_the_definition_summed_in_float64_at_every_width_shrink_and_flip() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[1, 40], Gen.Int[0, 3], Gen.Int[0, 1 << 20]).Sample(
        (width, height, size, halvings, seed) =>
        {
            var image = AugmentationPolicyTests.Noise(width, height);
            var shrink = 1 << halvings;
            // Some box in full-size pixels, often of one pixel, often up to the last one.
            var (left, right) = Ends(seed, width * shrink);
            var (top, bottom) = Ends(seed / 7, height * shrink);
            var box = new CropBox(top, left, bottom - top, right - left);
            var (interpolation, flip) = ((Interpolation)(seed & 1), (seed & 2) != 0);
            foreach (var bits in Enum.GetValues<SimdWidth>())
            {
                var renderer = new RenderScratch(bits).Renderer;
                renderer.Begin(image, shrink, box, size, size, new CropBox(0, 0, size, size), interpolation, clamp: false);
                if (flip) renderer.Flip();
                var view = renderer.Finish();
                for (var i = 0; i < 12; i++) // some pixels, and the corners
                {
                    var (x, y) = ((i & 1) != 0 ? size - 1 : i * 5 % size, (i & 2) != 0 ? size - 1 : i * 11 % size);
                    for (var c = 0; c < 3; c++)
                    {
                        var expected = Definition(image, shrink, box, size, interpolation, flip ? size - 1 - x : x, y, c);
                        Assert.Equal(expected, view.Plane(c)[y * size + x], 3e-6); // float32 weights and up to some 1000 sums
                    }
                }
            }
        }, iter: 200);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_shrunk_smooth_image_gives_nearly_the_same_view(int shrink)
    {
        const int width = 331, height = 250; // the last shrunk column and row are partial
        var (full, small) = (Smooth(width, height), Shrunk(Smooth(width, height), shrink));
        foreach (var box in (CropBox[])[new(0, 0, height, width), new(3, 5, 200, 230), new(33, 101, 217, 230)])
        {
            var expected = Resize(full, 1, box, 24);
            var actual = Resize(small, shrink, box, 24);
            for (var c = 0; c < 3; c++)
                for (var i = 0; i < 24 * 24; i++)
                    // The slope is at most 2.4 levels per pixel; averaging over a shrunk pixel, rounding to bytes twice and the
                    // partial last pixel each change less than half a level to two.
                    Assert.Equal(expected.Plane(c)[i], actual.Plane(c)[i], 3f / 255);
        }
    }

    [Fact]
    public void A_crop_of_one_pixel_is_that_pixels_color_at_every_shrink()
    {
        var image = AugmentationPolicyTests.Noise(5, 4);
        foreach (var shrink in (int[])[1, 2, 4, 8])
        {
            var last = new CropBox(4 * shrink - 1, 5 * shrink - 1, 1, 1);
            var view = Resize(image, shrink, last, 7);
            for (var c = 0; c < 3; c++)
                foreach (var value in view.Plane(c)) Assert.Equal(image.Pixels[^(3 - c)] / 255f, value, 1e-6f);
        }
    }

    private static (int, int) Ends(int seed, int length)
    {
        var start = seed % 5 == 0 ? length - 1 : seed % length;
        return (start, seed % 3 == 0 ? start + 1 : length - seed % 11 % (length - start));
    }

    private static double Definition(RgbImage image, int shrink, CropBox box, int size, Interpolation interpolation,
        int x, int y, int channel)
    {
        var horizontal = Weights(box.Left, box.Width, shrink, image.Width, size, x, interpolation);
        var vertical = Weights(box.Top, box.Height, shrink, image.Height, size, y, interpolation);
        return vertical.Sum(v => horizontal.Sum(h =>
            v.Weight * h.Weight * image.Pixels[3 * (v.Index * image.Width + h.Index) + channel] / 255.0));
    }

    /// <summary>The filter around the output's center, over the pixels that the crop touches.</summary>
    private static List<(int Index, double Weight)> Weights(int start, int length, int shrink, int available, int size,
        int output, Interpolation interpolation)
    {
        var scale = (double)length / shrink / size;
        var stretch = Math.Max(scale, 1);
        var center = (double)start / shrink + scale * (output + 0.5);
        var weights = new List<(int Index, double Weight)>();
        for (var i = start / shrink; i < available && i * shrink < start + length; i++)
        {
            var d = Math.Abs(i + 0.5 - center) / stretch;
            var weight = interpolation == Interpolation.Bilinear ? Math.Max(1 - d, 0)
                : d < 1 ? 1.5 * d * d * d - 2.5 * d * d + 1
                : d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0;
            weights.Add((i, weight));
        }
        var total = weights.Sum(w => w.Weight);
        return [.. weights.Select(w => (w.Index, w.Weight / total))];
    }

    private static FloatImage Resize(RgbImage image, int shrink, CropBox box, int size)
    {
        var renderer = new RenderScratch().Renderer;
        renderer.Begin(image, shrink, box, size, size, new CropBox(0, 0, size, size), Interpolation.Bilinear);
        return renderer.Finish();
    }

    private static RgbImage Smooth(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            var (x, y) = (i / 3 % width, i / 3 / width);
            image.Pixels[i] = (byte)Math.Round(128 + 110 * Math.Sin(x / 60.0 + i % 3) * Math.Cos(y / 80.0));
        }
        return image;
    }

    /// <summary>Means of squares; those at the far edges have fewer pixels.</summary>
    private static RgbImage Shrunk(RgbImage image, int shrink)
    {
        var result = new RgbImage((image.Width + shrink - 1) / shrink, (image.Height + shrink - 1) / shrink);
        for (var i = 0; i < result.Pixels.Length; i++)
        {
            var (left, top) = (i / 3 % result.Width * shrink, i / 3 / result.Width * shrink);
            var (sum, count) = (0, 0);
            for (var y = top; y < Math.Min(top + shrink, image.Height); y++)
                for (var x = left; x < Math.Min(left + shrink, image.Width); x++, count++)
                    sum += image.Pixels[3 * (y * image.Width + x) + i % 3];
            result.Pixels[i] = (byte)((sum + count / 2) / count);
        }
        return result;
    }
}
