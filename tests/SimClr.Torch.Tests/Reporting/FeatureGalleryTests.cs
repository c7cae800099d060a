using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Reporting;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Reporting;

/// <summary>Which images are shown, next to which others, and how they are drawn.</summary>
public sealed class FeatureGalleryTests
{
    private static readonly byte[] Marked = [0xD9, 0x5F, 0x0E];

    public FeatureGalleryTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Neighbors_are_the_nearest_by_cosine_without_the_image_itself()
    {
        var features = Synthetic.Classes(60, 12, classes: 3, spread: 1);
        var gallery = new FeatureGallery(features, new NoiseDataset(60), [.. Enumerable.Range(0, 60)], seed: 1);
        int[] queries = [5, 0, 59];
        double Cosine(int i, int j)
        {
            var (a, b) = (features.Row(i).ToArray(), features.Row(j).ToArray());
            double Dot(float[] x, float[] y) => x.Zip(y).Sum(p => (double)p.First * p.Second);
            return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
        }
        var expected = queries.Select(query => Enumerable.Range(0, 60).Where(i => i != query)
            .OrderByDescending(i => Cosine(query, i)).Take(7).ToArray());
        Assert.Equal(expected, gallery.Nearest(queries));
    }

    [Fact]
    public void An_image_that_is_there_many_times_is_never_its_own_neighbor()
    {
        var features = new FeatureSet([.. Enumerable.Repeat(1f, 60)], 3, new int[20], ["a"]);
        var gallery = new FeatureGallery(features, new NoiseDataset(20), [.. Enumerable.Range(0, 20)], seed: 1);
        var nearest = gallery.Nearest([2, 19]);
        Assert.Equal([0, 1, 3, 4, 5, 6, 7], nearest[0]);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], nearest[1]);
    }

    [Fact]
    public void Images_are_chosen_evenly_from_classes_by_the_seed()
    {
        var labels = Enumerable.Range(0, 200).Select(i => i < 150 ? 0 : i < 195 ? 1 : 2).ToArray();
        var features = new FeatureSet(new float[400], 2, labels, ["a", "b", "c"]);
        FeatureGallery With(ulong seed) => new(features, new NoiseDataset(1), [], seed);
        var chosen = With(1).Choose(24);
        Assert.Equal(24, chosen.Distinct().Count());
        Assert.Equal(5, chosen.Count(row => labels[row] == 2)); // all that there are; the others share the rest
        Assert.InRange(chosen.Count(row => labels[row] == 0), 9, 10);
        Assert.Equal(chosen, With(1).Choose(24));
        Assert.NotEqual(chosen, With(2).Choose(24));
        Assert.Equal(200, With(1).Choose(500).Length);
    }

    [Fact]
    public void Neighbors_of_another_class_are_framed_and_others_are_not()
    {
        var data = new NoiseDataset(3, 16, 16);
        var images = new NeighborGrid(new Thumbnails(data));
        NeighborGrid.Shown[] row = [new(0, 1), new(1, 1), new(2, 0)];
        var grid = images.Draw([row]);
        Assert.Equal(3 * 108 + 4, grid.Width);
        Assert.Equal([false, false, true], Frames(grid));
        Assert.Equal([false, false, false], Frames(images.Draw([[.. row.Select(shown => shown with { Label = -1 })]])));
        // The first pixel of the image, enlarged six times, inside the frame.
        var first = data.Load(2).Pixels[..3].ToArray();
        Assert.Equal(first, At(grid, 4 + 2 * 108 + 4, grid.Height - 108 + 4));
    }

    private static bool[] Frames(RgbImage grid) =>
        [.. Enumerable.Range(0, 3).Select(column => At(grid, 4 + 108 * column + 1, grid.Height - 50).SequenceEqual(Marked))];

    private static byte[] At(RgbImage image, int x, int y) => image.Pixels.Slice(3 * (y * image.Width + x), 3).ToArray();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_map_shows_at_most_500_images_with_and_without_labels(bool labeled)
    {
        const int count = 520;
        var data = new NoiseDataset(count);
        var random = new CounterRandom(4, 0, 0, 0, DrawPurpose.Shape);
        var values = new float[4 * count];
        for (var i = 0; i < values.Length; i++) values[i] = (float)random.NextNormal();
        var labels = Enumerable.Range(0, count).Select(i => labeled ? i % 2 : -1).ToArray();
        var features = new FeatureSet(values, 4, labels, labeled ? data.ClassNames : []);
        var gallery = new FeatureGallery(features, data, [.. Enumerable.Range(0, count)], seed: 1);
        var map = gallery.DrawMap();
        Assert.Equal(500, data.Loads); // only what is shown is read
        Assert.Equal(1040, map.Width);
        Assert.InRange(map.Height, 400, 1200);
        var colors = new Dictionary<(byte, byte, byte), int>();
        for (var i = 0; i < map.Pixels.Length; i += 3)
        {
            var color = (map.Pixels[i], map.Pixels[i + 1], map.Pixels[i + 2]);
            colors[color] = colors.GetValueOrDefault(color) + 1;
        }
        Assert.True(colors.Count > 1000); // noise
        // The background, and the frames of two classes or white ones.
        Assert.Equal(labeled ? 3 : 2, colors.Count(color => color.Value > 5000));
        Assert.Equal(!labeled, colors.GetValueOrDefault(((byte)255, (byte)255, (byte)255)) > 5000);
        var neighbors = gallery.DrawNeighbors();
        Assert.Equal(8 * 108 + 4, neighbors.Width);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Few_images_make_small_galleries(int count)
    {
        var data = new NoiseDataset(count);
        var features = Synthetic.Classes(count, 6, classes: 2, spread: 1);
        var gallery = new FeatureGallery(features, data, [.. Enumerable.Range(0, count)], seed: 1);
        Assert.Equal(count * 108 + 4, gallery.DrawNeighbors().Width);
        Assert.Equal(1040, gallery.DrawMap().Width);
    }

    [Theory]
    [InlineData(900, 600, 8)]
    [InlineData(600, 900, 8)]
    [InlineData(500, 400, 4)]
    [InlineData(100, 80, 1)]
    [InlineData(20, 20, 1)]
    public void Files_are_decoded_no_larger_than_needed(int width, int height, int shrink)
    {
        var data = new Shrinking(width, height);
        new Thumbnails(data).Load(0, 96);
        Assert.Equal(shrink, data.Asked);
    }

    private sealed class Shrinking(int width, int height) : IImageDataset
    {
        public int Asked { get; private set; }

        public string Name => "files";

        public int Count => 1;

        public IReadOnlyList<string> ClassNames => [];

        public string Fingerprint => "";

        public int Label(int index) => -1;

        public RgbImage Load(int index) => new(width, height);

        public DecodedImage Load(int index, int shrink, RgbImage memory)
        {
            Asked = shrink;
            memory.Reshape(width / shrink, height / shrink);
            return new DecodedImage(memory, shrink);
        }

        public (int Width, int Height)? Size(int index) => (width, height);

        public string Describe(int index) => "a file";
    }
}
