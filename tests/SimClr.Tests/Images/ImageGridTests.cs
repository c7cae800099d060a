using SimClr.Images;

namespace SimClr.Tests.Images;

public class ImageGridTests
{
    private static readonly (byte, byte, byte) Background = (0xF4, 0xF4, 0xF4);

    [Fact]
    public void Small_images_are_enlarged_by_a_whole_factor_with_crisp_pixels()
    {
        var image = new RgbImage(2, 2, [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
        var grid = ImageGrid.Compose([[image]], cell: 7, gap: 2);
        Assert.Equal((11, 11), (grid.Width, grid.Height));
        // A factor of 3 makes 6x6 pixels, which begin at gap + (7 - 6) / 2.
        for (var y = 0; y < 11; y++)
            for (var x = 0; x < 11; x++)
            {
                var inside = x is >= 2 and < 8 && y is >= 2 and < 8;
                Assert.Equal(inside ? At(image, (x - 2) / 3, (y - 2) / 3) : Background, At(grid, x, y));
            }
    }

    [Fact]
    public void Large_images_are_shrunk_with_their_aspect_and_centered()
    {
        var image = new RgbImage(400, 200);
        image.Pixels.Fill(100);
        var grid = ImageGrid.Compose([[image]], cell: 40, gap: 0);
        Assert.Equal((40, 40), (grid.Width, grid.Height));
        var gray = ((byte)100, (byte)100, (byte)100);
        for (var y = 0; y < 40; y++) Assert.Equal(y is >= 10 and < 30 ? gray : Background, At(grid, 20, y));
    }

    [Fact]
    public void Rows_may_differ_in_length()
    {
        var image = new RgbImage(4, 4);
        var grid = ImageGrid.Compose([[image, image, image], [image]], cell: 4, gap: 1);
        Assert.Equal((16, 11), (grid.Width, grid.Height));
        Assert.Equal((0, 0, 0), At(grid, 1, 6));
        Assert.Equal(Background, At(grid, 7, 7));
    }

    [Fact]
    public void Headings_stand_above_the_images_or_are_left_out()
    {
        var image = new RgbImage(32, 32);
        var bare = ImageGrid.Compose([[image, image]], cell: 64, gap: 4);
        var headed = ImageGrid.Compose([[image, image]], cell: 64, gap: 4, ["original", "a heading that is much too wide"]);
        Assert.Equal(bare.Width, headed.Width);
        Assert.InRange(headed.Height - bare.Height, 0, 32); // 0 on a machine without fonts
        // Below the headings the sheet is the same.
        Assert.Equal(bare.Pixels, headed.Pixels[^bare.Pixels.Length..]);
    }

    [Fact]
    public void Impossible_grids_are_refused()
    {
        var image = new RgbImage(4, 4);
        Assert.Throws<ArgumentException>(() => ImageGrid.Compose([], 8, 0));
        Assert.Throws<ArgumentException>(() => ImageGrid.Compose([[], []], 8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageGrid.Compose([[image]], 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageGrid.Compose([[image]], 8, -1));
        Assert.Throws<ArgumentException>(() => ImageGrid.Compose([[image]], 1_000_000, 0));
    }

    private static (byte, byte, byte) At(RgbImage image, int x, int y)
    {
        var at = 3 * (y * image.Width + x);
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }
}
