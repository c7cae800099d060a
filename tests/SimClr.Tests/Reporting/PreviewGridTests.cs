using SimClr.Data;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Reporting;

public sealed class PreviewGridTests
{
    private const int Cell = 96, Gap = 6; // 32 px enlarged three times

    private static readonly IImageDataset Shapes = DatasetSource.Open("shapes:100", 32).Train;

    [Fact]
    public void A_row_is_an_image_and_its_views()
    {
        var grid = PreviewGrid.Render(Shapes, new PretrainingOptions(), count: 3, views: 2);
        Assert.Equal(Gap + 3 * (Cell + Gap), grid.Width);
        var first = Tile(grid, 0, 0, 3);
        Assert.Contains(Enumerable.Range(0, Shapes.Count), i => Shapes.Load(i).Pixels.SequenceEqual(first));
        Assert.NotEqual(first, Tile(grid, 0, 1, 3));
        Assert.NotEqual(Tile(grid, 0, 1, 3), Tile(grid, 0, 2, 3));
    }

    [Fact]
    public void The_same_seed_gives_the_same_grid_and_another_seed_another()
    {
        var options = new PretrainingOptions();
        var grid = PreviewGrid.Render(Shapes, options, 2, 2);
        Assert.Equal(grid.Pixels, PreviewGrid.Render(Shapes, options, 2, 2).Pixels);
        Assert.False(grid.Pixels.SequenceEqual(PreviewGrid.Render(Shapes, options with { Seed = 2 }, 2, 2).Pixels));
    }

    [Fact]
    public void More_rows_than_images_are_all_the_images()
    {
        var few = Subset.First(Shapes, 2, seed: 1);
        var options = new PretrainingOptions();
        Assert.Equal(PreviewGrid.Render(few, options, 2, 1).Pixels, PreviewGrid.Render(few, options, 50, 1).Pixels);
    }

    [Fact]
    public void Views_alternate_between_the_policies_of_first_and_second_views()
    {
        var options = new PretrainingOptions { Views = new() { SecondTransforms = "flip" } };
        var grid = PreviewGrid.Render(Shapes, options, count: 4, views: 4);
        var all = Enumerable.Range(0, 4).SelectMany(row => new[] { 2, 4 }, (row, column) => (row, column)).All(at =>
        {
            var (image, view) = (Tile(grid, at.row, 0, 4), Tile(grid, at.row, at.column, 4));
            return image.SequenceEqual(view) || image.SequenceEqual(Mirrored(view));
        });
        Assert.True(all);
        Assert.NotEqual(Tile(grid, 0, 0, 4), Tile(grid, 0, 1, 4));
    }

    [Fact]
    public void Each_transform_has_a_column_of_its_own()
    {
        var grid = PreviewGrid.RenderTransforms(Shapes, new PretrainingOptions(), ["flip", "gray"], count: 2);
        Assert.Equal(Gap + 3 * (Cell + Gap), grid.Width);
        for (var row = 0; row < 2; row++)
        {
            Assert.Equal(Tile(grid, row, 0, 2), Mirrored(Tile(grid, row, 1, 2)));
            var gray = Tile(grid, row, 2, 2);
            for (var i = 0; i < gray.Length; i += 3) Assert.True(gray[i] == gray[i + 1] && gray[i] == gray[i + 2]);
        }
        Assert.Throws<SettingsException>(() => PreviewGrid.RenderTransforms(Shapes, new PretrainingOptions(), ["grey"]));
    }

    private static byte[] Mirrored(byte[] tile)
    {
        var result = new byte[tile.Length];
        for (var i = 0; i < tile.Length; i++)
        {
            var (y, x, channel) = (i / 96, i / 3 % 32, i % 3);
            result[96 * y + 3 * (31 - x) + channel] = tile[i];
        }
        return result;
    }

    /// <summary>The 32 x 32 pixels of a tile, counted from the bottom since headings may lie above.</summary>
    [Fact]
    public void Images_that_cannot_be_read_are_passed_over()
    {
        var options = new PretrainingOptions { Model = new() { ImageSize = 16 } };
        var data = new NoiseDataset(12) { Failure = i => i % 2 == 1 ? new DataException("torn") : null };
        var shown = PreviewGrid.Render(data, options, 6, 1);
        Assert.Equal(shown.Height, PreviewGrid.Render(new NoiseDataset(12), options, 6, 1).Height);
        Assert.Equal(shown.Pixels, PreviewGrid.Render(data, options, 12, 1).Pixels); // there are six
        var none = new NoiseDataset(12) { Failure = _ => new DataException("torn") };
        Assert.Throws<DataException>(() => PreviewGrid.Render(none, options, 6, 1));
    }

    private static byte[] Tile(RgbImage grid, int row, int column, int rows)
    {
        var top = grid.Height - (rows - row) * (Cell + Gap);
        var left = Gap + column * (Cell + Gap);
        var tile = new byte[32 * 32 * 3];
        for (var y = 0; y < 32; y++)
            for (var x = 0; x < 32; x++)
            {
                var from = 3 * ((top + 3 * y + 1) * grid.Width + left + 3 * x + 1);
                grid.Pixels.Slice(from, 3).CopyTo(tile.AsSpan(3 * (32 * y + x)));
            }
        return tile;
    }
}
