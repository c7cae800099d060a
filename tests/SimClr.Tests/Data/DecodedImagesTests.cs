using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Images;
using SimClr.Numerics;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.Tests.Data;

public class DecodedImagesTests
{
    [Fact]
    public void What_is_kept_is_what_would_be_decoded()
    {
        using var folder = new TemporaryFolder();
        folder.Write("0.jpg", ImageBytes.Encode(ImageBytes.Smooth(80, 60), SKEncodedImageFormat.Jpeg));
        folder.Write("1.png", ImageBytes.Encode(ImageBytes.Smooth(50, 70), SKEncodedImageFormat.Png));
        var data = ImageFolder.Open(folder.FullPath).Train;
        var (fresh, kept) = (new DecodedImages(data, 0), new DecodedImages(data, 1 << 20));
        var (a, b) = (new RgbImage(1, 1), new RgbImage(1, 1));
        Assert.Equal(((80, 60), (50, 70)), (kept.Size(0), kept.Size(1)));
        Assert.Equal(((80, 60), (50, 70)), (fresh.Size(0), fresh.Size(1)));
        // Each request comes twice, and large ones come before and after small ones.
        foreach (var (index, shrink) in new[] { (0, 4), (0, 4), (0, 1), (0, 1), (0, 4), (1, 1), (1, 8), (1, 1), (1, 2) })
        {
            var (expected, actual) = (fresh.Load(index, shrink, a), kept.Load(index, shrink, b));
            Assert.Equal(index == 0 ? shrink : 1, actual.Shrink);
            Assert.Equal(expected.Shrink, actual.Shrink);
            Assert.Equal((expected.Image.Width, expected.Image.Height), (actual.Image.Width, actual.Image.Height));
            Assert.Equal(expected.Image.Pixels, actual.Image.Pixels);
        }
        Assert.Equal((0, 3), (fresh.Kept, kept.Kept)); // the JPEG at two shrinks, the PNG once
    }

    [Fact]
    public void The_bound_holds_and_what_came_first_stays()
    {
        var data = new NoiseDataset(10, 20, 20); // 1,200 bytes each, and 128 for its entry
        var images = new DecodedImages(data, 4 * 1328 + 1327);
        var memory = new RgbImage(1, 1);
        for (var i = 0; i < 10; i++) Assert.Equal((20, 20), images.Size(i));
        for (var pass = 0; pass < 3; pass++)
            for (var i = 0; i < 10; i++) images.Load(i, 1, memory);
        Assert.Equal(4, images.Kept);
        Assert.Equal(10 + 2 * 6, data.Loads);
    }

    [Fact]
    public void The_default_bound_keeps_small_folders_whole_and_what_is_in_memory_is_not_kept_twice()
    {
        var data = new NoiseDataset(50);
        var batches = new ViewBatches(data, Policy, new ViewBatchOptions { BatchSize = 10 });
        for (var epoch = 0; epoch < 3; epoch++) Assert.Equal(5, batches.Epoch(epoch).Count());
        Assert.Equal(50, data.Loads);

        var resident = new DecodedImages(new NoiseDataset(5) { IsInMemory = true }, null);
        resident.Load(0, 1, new RgbImage(1, 1));
        Assert.Equal(0, resident.Kept);
    }

    [Fact]
    public void A_dataset_that_only_loads_is_enough_and_gives_the_same_batches()
    {
        var data = new NoiseDataset(40);
        var bare = new Bare(data);
        var options = new ViewBatchOptions { BatchSize = 10, Seed = 4 };
        var batches = new ViewBatches(bare, Policy, options with { CacheBytes = 0 });
        for (var epoch = 0; epoch < 2; epoch++)
            Assert.Equal(Recorded.Of(new ViewBatches(data, Policy, options).Epoch(epoch)), Recorded.Of(batches.Epoch(epoch)));
    }

    [Fact]
    public void An_image_that_is_not_of_its_headers_size_is_unreadable()
    {
        var data = new NoiseDataset(3, 9, 9) { Sizes = (9, 10) };
        var images = new DecodedImages(data, null);
        Assert.Equal((9, 10), images.Size(1));
        var message = Assert.Throws<DataException>(() => images.Load(1, 1, new RgbImage(1, 1))).Message;
        Assert.Equal("noise image 1: its header says 9x10 pixels, and it has others", message);
    }

    [Theory]
    [InlineData(64, 64, 400, 300, 32, 2)]
    [InlineData(63, 64, 400, 300, 32, 1)] // one column too few
    [InlineData(400, 300, 64, 63, 32, 1)] // the second view's crop decides
    [InlineData(256, 300, 260, 256, 32, 8)]
    [InlineData(5000, 5000, 5000, 5000, 32, 8)]
    [InlineData(127, 300, 260, 256, 32, 2)]
    [InlineData(20, 20, 20, 20, 32, 1)] // enlarged
    public void The_shrink_leaves_every_crop_at_least_the_views_side(
        int width, int height, int secondWidth, int secondHeight, int side, int expected)
    {
        var first = ShrinkFor(new CropBox(3, 5, height, width), side);
        var second = ShrinkFor(new CropBox(0, 0, secondHeight, secondWidth), side);
        Assert.Equal(expected, Math.Min(first, second));
    }

    [Fact]
    public void The_shrink_is_the_largest_that_does_for_any_crop()
    {
        var random = new CounterRandom(8, 0, 0, 0, DrawPurpose.Gallery);
        for (var i = 0; i < 2000; i++)
        {
            var side = 1 + random.NextInt32(300);
            var crop = new CropBox(0, 0, 1 + random.NextInt32(3000), 1 + random.NextInt32(3000));
            int[] possible = [.. new[] { 8, 4, 2 }.Where(s => Math.Min(crop.Width, crop.Height) / (double)s >= side), 1];
            Assert.Equal(possible[0], ShrinkFor(crop, side));
        }
    }

    private static int ShrinkFor(CropBox crop, int side)
    {
        var policy = AugmentationPolicy.Paper(side);
        var parameters = policy.NewParameters();
        parameters.Crop = crop;
        return policy.ShrinkFor(parameters);
    }

    private static readonly AugmentationPolicy Policy = AugmentationPolicy.Paper(12);

    /// <summary>The least that a user's dataset has to implement.</summary>
    private sealed class Bare(IImageDataset source) : IImageDataset
    {
        public string Name => source.Name;

        public int Count => source.Count;

        public IReadOnlyList<string> ClassNames => source.ClassNames;

        public string Fingerprint => source.Fingerprint;

        public int Label(int index) => source.Label(index);

        public RgbImage Load(int index) => source.Load(index);

        public string Describe(int index) => source.Describe(index);
    }
}
