using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Features;

/// <summary>Means over views, compared with means over images that were mirrored and cropped by hand.</summary>
public sealed class AveragedViewsTests : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;

    public AveragedViewsTests()
    {
        TorchRuntime.EnsureLoaded();
        manual_seed(3);
        // Neither linear nor blind to mirrors and places.
        _network = nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("relu", nn.ReLU()), ("flat", nn.Flatten()));
    }

    public void Dispose() => _network.Dispose();

    [Fact]
    public void One_view_is_the_default_and_the_network_itself()
    {
        var data = new NoiseDataset(12);
        var transform = new EvaluationTransform(8, Normalization.ImageNet);
        var one = Extract(data, transform, 1);
        using var plain = new FeatureExtractor(_network, ScalarType.Float32, CPU, new());
        Assert.Equal(plain.Extract(data, transform).Values, one.Values);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var batch in new EvaluationBatches(data, transform, new()).All()) // all images at once
            Assert.Equal(_network.call(batch.ToTensor()).data<float>().ToArray(), one.Values);
    }

    [Fact]
    public void Two_views_are_the_mean_of_the_image_and_of_its_mirrored_copy()
    {
        RgbImage[] images = [Noise(20, 20, 1), Noise(24, 16, 2), Noise(8, 8, 3), Noise(16, 28, 4)];
        var mirrored = Array.ConvertAll(images, Mirrored);
        var transform = new EvaluationTransform(8, Normalization.ImageNet);
        var expected = Mean([Extract(new Made(images), transform, 1), Extract(new Made(mirrored), transform, 1)]);
        var actual = Extract(new Made(images), transform, 2).Values;
        Close(expected, actual);
        Close(actual, Extract(new Made(mirrored), transform, 2).Values);
        Assert.True(Distance(Extract(new Made(images), transform, 1).Values, Extract(new Made(mirrored), transform, 1).Values)
            > 0.1, "the network takes no notice of mirrors");
    }

    [Fact]
    public void Ten_views_are_those_of_the_paper()
    {
        // 73 is 8/7 of 64: nothing is resized, and a longer side is cut to the central square.
        RgbImage[] images = [Noise(73, 73, 1), Noise(89, 73, 2), Noise(73, 105, 3)];
        var transform = new EvaluationTransform(64, Normalization.None);
        var parts = new List<FeatureSet>();
        foreach (var (x, y) in new[] { (4, 4), (0, 0), (9, 0), (0, 9), (9, 9) }) // (73 - 64) / 2 is rounded to 4
        {
            RgbImage Crop(RgbImage image) => Part(image, (image.Width - 73) / 2 + x, (image.Height - 73) / 2 + y, 64);
            var crops = Array.ConvertAll(images, Crop);
            parts.Add(Extract(new Made(crops), transform, 1));
            parts.Add(Extract(new Made(Array.ConvertAll(crops, Mirrored)), transform, 1));
        }
        Close(Mean(parts), Extract(new Made(images), transform, 10).Values);
    }

    [Fact]
    public void Images_that_cannot_be_read_leave_no_gap_between_the_crops_of_others()
    {
        using var images = new BrokenImages(60, "a", "b");
        var data = DatasetSource.Open(images.FullPath, 8).Train;
        var transform = new EvaluationTransform(8, Normalization.None);
        var alone = Extract(data, transform, 10, batchSize: 1); // an image is not divided
        var together = Extract(data, transform, 10, batchSize: 200);
        Assert.Equal(data.Count - Enumerable.Range(0, data.Count).Count(i => BrokenImages.IsBroken(data.Describe(i))),
            together.Count);
        Assert.InRange(together.Count, 1, data.Count - 1);
        Assert.Equal(alone.Labels, together.Labels);
        Close(alone.Values, together.Values);
    }

    [Fact]
    public void Tensors_hold_the_crops_and_nothing_is_left_of_them()
    {
        using var extractor = new FeatureExtractor(_network, ScalarType.Float32, CPU, new()) { UseViews = 10 };
        using var crops = rand(10, 3, 8, 8); // of two images
        var before = LiveTensors.Count();
        Assert.Equal(2 * 4 * 6 * 6, extractor.Extract(crops).Length);
        Assert.Equal(before, LiveTensors.Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-2)]
    public void Other_numbers_are_refused_in_words(int views)
    {
        var error = Assert.Throws<SettingsException>(
            () => new FeatureExtractor(_network, ScalarType.Float32, CPU, new()) { UseViews = views });
        Assert.Contains($"or 10 (ten-crop), not {views}.", error.Message, StringComparison.Ordinal);
        Assert.Equal("UseViews", Assert.Throws<SettingsException>(() => new EmbedderOptions { UseViews = views }.Validated())
            .Setting);
    }

    [Fact]
    public void Mirror_images_are_not_averaged_twice() =>
        Assert.Contains("UseViews must be 1 with BothWays", Assert.Throws<SettingsException>(
            () => new EmbedderOptions { UseViews = 2, BothWays = true }.Validated()).Message, StringComparison.Ordinal);

    private FeatureSet Extract(IImageDataset data, EvaluationTransform transform, int views, int batchSize = 256)
    {
        using var extractor = new FeatureExtractor(_network, ScalarType.Float32, CPU, new() { BatchSize = batchSize })
        {
            UseViews = views,
        };
        return extractor.Extract(data, transform);
    }

    private static float[] Mean(IReadOnlyList<FeatureSet> parts) =>
        [.. Enumerable.Range(0, parts[0].Values.Length).Select(i => (float)parts.Average(part => (double)part.Values[i]))];

    // Sums of float32 in another order, and resize weights of a mirrored axis.
    private static void Close(float[] expected, float[] actual) => FeatureAssert.Close(expected, actual, 2e-6, "means");

    private static double Distance(float[] a, float[] b) => a.Zip(b).Max(pair => Math.Abs(pair.First - pair.Second));

    private static RgbImage Noise(int width, int height, int seed)
    {
        var random = new CounterRandom(9, 0, seed, 0, DrawPurpose.Shape);
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)random.NextUInt32();
        return image;
    }

    private static RgbImage Mirrored(RgbImage image)
    {
        var (width, result) = (image.Width, new RgbImage(image.Width, image.Height));
        for (var i = 0; i < width * image.Height; i++)
            image.Pixels.Slice(3 * i, 3).CopyTo(result.Pixels[(3 * (i / width * width + width - 1 - i % width))..]);
        return result;
    }

    private static RgbImage Part(RgbImage image, int left, int top, int side)
    {
        var result = new RgbImage(side, side);
        for (var y = 0; y < side; y++)
            image.Pixels.Slice(3 * ((top + y) * image.Width + left), 3 * side).CopyTo(result.Pixels[(3 * y * side)..]);
        return result;
    }

    private sealed class Made(RgbImage[] images) : IImageDataset
    {
        public string Name => "made";

        public int Count => images.Length;

        public IReadOnlyList<string> ClassNames => [];

        public string Fingerprint => "made";

        public int Label(int index) => -1;

        public RgbImage Load(int index) => images[index];

        public string Describe(int index) => $"image {index}";
    }
}
