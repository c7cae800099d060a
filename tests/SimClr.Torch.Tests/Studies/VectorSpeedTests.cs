using System.Text.Json;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Settings;
using SimClr.Studies;
using SimClr.Tests.Fixtures;
using TorchSharp;

namespace SimClr.Torch.Tests.Studies;

/// <summary><see cref="SearchSpeed"/> and <see cref="EmbedSpeed"/>: complete, and nothing is left behind.</summary>
public sealed class VectorSpeedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public VectorSpeedTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_measured_search_is_complete_and_leaves_neither_tensor_nor_file()
    {
        var folder = _folder.FullPath;
        var options = new SearchSpeedOptions { Count = 300, Dimension = 24, Top = 500, Repetitions = 2, Folder = folder };
        SearchSpeed.Measure(options);
        var before = LiveTensors.Count();
        var speed = SearchSpeed.Measure(options);
        Assert.Equal(before, torch.Tensor.TotalCount);
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
        Assert.True(speed is { OpenSeconds: > 0, FirstSeconds: > 0, OneCoreSeconds: > 0, Seconds: > 0, SumSeconds: > 0 });
        Assert.True(speed.OneCoreWorst >= speed.OneCoreSeconds && speed.Bytes > 4 * 300 * 24);
        var json = JsonSerializer.SerializeToElement(speed);
        foreach (var field in new[] { "count", "dim", "top", "bytes", "open_seconds", "first_seconds", "one_core_seconds",
            "one_core_worst_seconds",
            "one_core_processor_seconds", "open_processor_seconds", "sum_processor_seconds", "seconds", "sum_seconds", "cores",
                "compute" })
            Assert.True(json.TryGetProperty(field, out _), field);
    }

    [Fact]
    public void A_measured_embedding_is_complete_and_leaves_no_tensor()
    {
        var run = _folder.At("run");
        TrainedLook.Run(new() { Model = new() { Width = 0.25, ImageSize = 16, Normalization = NormalizationKind.Cifar10 } }, run);
        Directory.CreateDirectory(_folder.At("images"));
        for (var i = 0; i < 5; i++) ImageCodec.WritePng(_folder.At($"images/{i}.png"), new RgbImage(20, 30 + i));
        var two = new EmbedderOptions { BatchSize = 2 };
        var options = new EmbedSpeedOptions { Run = run, Data = _folder.At("images"), Repetitions = 1, Embedder = two };
        EmbedSpeed.Measure(options);
        var before = LiveTensors.Count();
        Embedder.Open(run).Dispose(); // a network that is loaded and disposed leaves its running statistics behind
        var left = LiveTensors.Count() - before;
        before = LiveTensors.Count();
        var speed = EmbedSpeed.Measure(options with { Limit = 4 });
        Assert.Equal(left, LiveTensors.Count() - before);
        Assert.Equal((4, 16, 2), (speed.Images, speed.ImageSize, speed.BatchSize));
        Assert.True(speed is { ImagesPerSecond: > 0, ForwardPerSecond: > 0, Ratio: > 0, ForwardShare: > 0 and <= 1 });
        var json = JsonSerializer.SerializeToElement(speed);
        foreach (var field in new[] { "pictures", "image_size", "batch_size", "pictures_per_second", "forward_per_second",
            "ratio",
            "forward_share", "milliseconds", "threads", "compute" })
            Assert.True(json.TryGetProperty(field, out _), field);
    }

    [Fact]
    public void The_speed_of_embedding_is_that_of_one_view() =>
        Assert.Contains("UseViews must be 1 here, not 2", Assert.Throws<SettingsException>(() =>
            new EmbedSpeedOptions { Run = "r", Data = "d", Embedder = new() { UseViews = 2 } }.Validated()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Options_out_of_bounds_are_named()
    {
        foreach (var (setting, options) in new (string, SearchSpeedOptions)[]
            {
                ("Count ", new()
                {
                    Count = 0,
                }), ("Dimension ", new() { Dimension = 0 }), ("Dimension ", new() { Count = 10_000_000 }),
                ("Top ", new() { Top = 0 }), ("Repetitions ", new() { Repetitions = 0 }),
            })
            Assert.StartsWith(setting, Assert.Throws<SettingsException>(() =>
                SearchSpeed.Measure(options)).Message, StringComparison.Ordinal);
        var embed = new EmbedSpeedOptions { Run = "r", Data = "d" };
        Assert.StartsWith("Limit ", Assert.Throws<SettingsException>(() => (embed with { Limit = -1 }).Validated()).Message);
        Assert.StartsWith("Repetitions ", Assert.Throws<SettingsException>(() =>
            (embed with { Repetitions = 0 }).Validated()).Message);
        Assert.StartsWith("BatchSize ",
            Assert.Throws<SettingsException>(() => (embed with { Embedder = new() { BatchSize = 0 } }).Validated()).Message);
    }
}
