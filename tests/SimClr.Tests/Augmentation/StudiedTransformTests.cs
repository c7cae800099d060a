using SimClr.Augmentation;
using SimClr.Images;

namespace SimClr.Tests.Augmentation;

/// <summary>The transforms of the paper's composition study against float64 versions written from their definitions.</summary>
public class StudiedTransformTests
{
    private static readonly int[] Sides = [1, 2, 3, 5, 16, 31, 64];

    [Fact]
    public void Quarter_turns_move_pixels_exactly()
    {
        foreach (var side in Sides)
        {
            var image = AugmentationPolicyTests.Noise(side, side);
            for (var turns = 1; turns <= 3; turns++)
            {
                var view = TransformProbe.Apply(new Rotation(), image, turns);
                for (var i = 0; i < view.Length; i++)
                {
                    var (y, x) = (i / 3 / side, i / 3 % side);
                    // A quarter turn counter-clockwise brings the right column up.
                    for (var turn = 0; turn < turns; turn++) (y, x) = (x, side - 1 - y);
                    Assert.Equal(image.Pixels[3 * (y * side + x) + i % 3] / 255f, view[i]);
                }
            }
        }
    }

    [Fact]
    public void A_view_that_is_not_square_is_not_turned()
    {
        var (whole, renderer) = (new CropBox(0, 0, 3, 4), new RenderScratch().Renderer);
        renderer.Begin(new RgbImage(4, 3), 1, whole, 4, 3, whole, Interpolation.Bilinear);
        Transform rotation = new Rotation();
        Assert.Equal("view", Assert.Throws<ArgumentException>(() => rotation.Apply(renderer, [1, 0, 0, 0])).ParamName);
    }

    [Fact]
    public void Quarter_turns_are_equally_likely()
    {
        const int n = 30_000;
        var counts = new int[4];
        for (var item = 0; item < n; item++) counts[TransformProbe.Draw<int>(new Rotation(), 32, item)]++;
        Assert.Equal(0, counts[0]);
        // Five standard errors of a share of a third.
        Assert.All(counts[1..], count => Assert.Equal(1.0 / 3, count / (double)n, 5 * Math.Sqrt(2.0 / 9 / n)));
    }

    [Fact]
    public void Cutout_paints_its_box_and_nothing_else()
    {
        foreach (var side in Sides)
        {
            var image = AugmentationPolicyTests.Noise(side, side);
            for (var item = 0; item < 20; item++)
            {
                var cutout = new Cutout { Side = 0.1 + 0.04 * item, Fill = 0.25 };
                var box = TransformProbe.Draw<CropBox>(cutout, side, item);
                Assert.True(box.LiesIn(side, side));
                var view = TransformProbe.Apply(cutout, image, box);
                for (var i = 0; i < view.Length; i++)
                {
                    var (y, x) = (i / 3 / side, i / 3 % side);
                    var inside = y >= box.Top && y < box.Top + box.Height && x >= box.Left && x < box.Left + box.Width;
                    Assert.Equal(inside ? 0.25f : image.Pixels[i] / 255f, view[i]);
                }
            }
        }
    }

    [Fact]
    public void Cutouts_cover_every_pixel_as_often_as_a_uniform_center_says()
    {
        const int side = 8;
        const int n = 40_000;
        var covered = new int[side * side];
        for (var item = 0; item < n; item++)
        {
            var box = TransformProbe.Draw<CropBox>(new Cutout(), side, item);
            for (var y = box.Top; y < box.Top + box.Height; y++)
                for (var x = box.Left; x < box.Left + box.Width; x++) covered[y * side + x]++;
        }
        // A square of side 4 about center c covers c-2 .. c+1: by hand, the number of centers that cover each of 8 places.
        int[] centers = [3, 4, 4, 4, 4, 4, 3, 2];
        for (var i = 0; i < covered.Length; i++)
        {
            var expected = centers[i / side] * centers[i % side] / (double)(side * side);
            var error = Math.Sqrt(expected * (1 - expected) / n);
            Assert.Equal(expected, covered[i] / (double)n, 5 * error); // five standard errors
        }
    }

    [Fact]
    public void Sobel_is_the_scaled_gradient_of_the_luma()
    {
        foreach (var side in Sides)
        {
            var image = AugmentationPolicyTests.Noise(side, side);
            var view = TransformProbe.Apply(new SobelFilter(), image, 0);
            for (var i = 0; i < side * side; i++)
            {
                // Float32 rounding of sums of some 10 terms up to 4; the root doubles relative errors near 0 at most.
                Assert.Equal(Sobel(image, i % side, i / side), view[3 * i], 2e-6);
                Assert.True(view[3 * i] == view[3 * i + 1] && view[3 * i] == view[3 * i + 2]);
            }
        }
    }

    [Fact]
    public void No_image_has_a_stronger_edge_than_1()
    {
        var strongest = 0f;
        for (var pattern = 0; pattern < 512; pattern++) // every black-and-white 3x3 image; the magnitude is convex
        {
            var image = new RgbImage(3, 3);
            for (var i = 0; i < 27; i++) image.Pixels[i] = (byte)((pattern >> (i / 3) & 1) * 255);
            strongest = Math.Max(strongest, TransformProbe.Apply(new SobelFilter(), image, 0).Max());
        }
        Assert.Equal(0.9999, strongest, 1e-6); // the luma's coefficients add up to 0.9999
    }

    [Fact]
    public void A_plane_has_the_same_edge_everywhere_but_at_the_border()
    {
        var image = new RgbImage(9, 9);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(10 * (i / 3 % 9) + 20 * (i / 27));
        var view = TransformProbe.Apply(new SobelFilter(), image, 0);
        var expected = 8 * Math.Sqrt(10 * 10 + 20 * 20) / 255 / Math.Sqrt(20) * 0.9999; // eight times the slope
        for (var y = 1; y < 8; y++)
            for (var x = 1; x < 8; x++) Assert.Equal(expected, view[3 * (9 * y + x)], 1e-5);
        Assert.Equal(0, view[0], 1e-6); // mirrored both ways
    }

    private static double Sobel(RgbImage image, int x, int y)
    {
        var side = image.Width;
        int Mirrored(int i) => side == 1 ? 0 : i < 0 ? -i : i >= side ? 2 * (side - 1) - i : i;
        double Luma(int dx, int dy)
        {
            var at = 3 * (Mirrored(y + dy) * side + Mirrored(x + dx));
            return (0.2989 * image.Pixels[at] + 0.587 * image.Pixels[at + 1] + 0.114 * image.Pixels[at + 2]) / 255;
        }
        int[] smooth = [1, 2, 1];
        var (across, down) = (0.0, 0.0);
        for (var k = -1; k <= 1; k++)
        {
            across += smooth[k + 1] * (Luma(1, k) - Luma(-1, k));
            down += smooth[k + 1] * (Luma(k, 1) - Luma(k, -1));
        }
        return Math.Sqrt((across * across + down * down) / 20);
    }
}
