using System.Globalization;
using SimClr.Data;
using SimClr.Images;
using SimClr.Native;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.EndToEnd.Tests.Samples;

public sealed class ImageEmbeddingsSampleTests
{
    [Fact]
    public async Task The_sample_compares_images_through_dependency_injection()
    {
        TorchRuntime.EnsureLoaded();
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        TrainedLook.Run(new() { Model = new() { Width = 0.25, ImageSize = 16, Normalization = NormalizationKind.Cifar10 } }, run);
        var first = folder.Write("a.jpg", ImageBytes.Encode(ImageBytes.Smooth(48, 48), SKEncodedImageFormat.Jpeg, 90));
        var second = folder.Write("b.png", ImageCodec.EncodePng(Shapes.Open(40, 48).Train.Load(0)));
        var lines = await SampleProcess.Run("ImageEmbeddings", run, first, second, first);
        Assert.Equal([first, second, first], lines.Select(line => line.Split(' ', 2)[1]));
        double[] similarities = [.. lines.Select(line => double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))];
        Assert.Equal(1, similarities[0], 1e-3);
        Assert.Equal(1, similarities[2], 1e-3);
        Assert.True(similarities[1] < 0.999);
    }
}
