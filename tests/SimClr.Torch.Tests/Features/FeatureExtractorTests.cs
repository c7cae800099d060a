using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Features;

public sealed class FeatureExtractorTests
{
    private static readonly EvaluationTransform Transform = new(8, Normalization.None);

    public FeatureExtractorTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Every_readable_image_has_a_row_in_order_and_others_are_remembered()
    {
        using var images = new BrokenImages(160, "a", "b");
        var data = DatasetSource.Open(images.FullPath, 8).Train;
        using var flatten = nn.Flatten();
        using var extractor = new FeatureExtractor(flatten, ScalarType.Float32, CPU, new() { BatchSize = 3 });
        var unreadable = new UnreadableImages();
        var features = extractor.Extract(data, Transform, unreadable);
        int[] readable = [.. Enumerable.Range(0, data.Count).Where(index => !BrokenImages.IsBroken(data.Describe(index)))];
        Assert.Equal(readable.Select(data.Label), features.Labels);
        Assert.Equal((3 * 8 * 8, data.Count - readable.Length), (features.Dimension, unreadable.Count));
        Assert.InRange(readable.Length, 1, data.Count - 1);
    }

    [Fact]
    public void The_network_is_frozen_while_it_is_asked_and_goes_on_as_it_was()
    {
        using var network = nn.Sequential(("flat", nn.Flatten()), ("drop", nn.Dropout(0.5)));
        var data = DatasetSource.Open("shapes:40", 8).Train;
        using (var extractor = new FeatureExtractor(network, ScalarType.Float32, CPU, new()))
        {
            Assert.False(network.training);
            Assert.Equal(extractor.Extract(data, Transform).Values, extractor.Extract(data, Transform).Values);
        }
        Assert.True(network.training);
    }
}
