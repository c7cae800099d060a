using System.Text.Json;
using SimClr.Native;
using SimClr.Settings;
using SimClr.Studies;
using SimClr.Tests.Fixtures;
using TorchSharp;

namespace SimClr.Torch.Tests.Studies;

public sealed class StepSpeedTests
{
    private static readonly StepSpeedOptions Tiny = new()
    {
        Settings = new PretrainingOptions
        {
            Model = new() { Width = 0.25, ImageSize = 8 },
            BatchSize = 10,
            Compute = new() { Threads = 1, Precision = Precision.Float32 },
        },
        Steps = 3,
    };

    [Fact]
    public void A_measurement_is_complete_and_leaves_no_tensor()
    {
        StepSpeed.Measure(Tiny);
        var before = LiveTensors.Count();
        var speed = StepSpeed.Measure(Tiny);
        // TorchSharp counts a parameter twice, as the tensor it is made from too, and takes only one back: 65 of them.
        Assert.Equal(before + 65, torch.Tensor.TotalCount);
        Assert.Equal(("resnet18", 0.25, 8, "fp32", 20, 3),
            (speed.Encoder, speed.Width, speed.ImageSize, speed.Precision, speed.Views, speed.Steps));
        var parts = speed.Milliseconds;
        Assert.True(parts is { Data: >= 0, Forward: > 0, Loss: > 0, Backward: > 0, Optimizer: > 0 });
        Assert.True(speed is { ViewsPerSecond: > 0, BareViewsPerSecond: > 0, PeakMemoryBytes: > 0 });
        var json = JsonSerializer.SerializeToElement(speed);
        foreach (var field in new[] { "encoder", "precision", "views", "views_per_second" })
            Assert.True(json.TryGetProperty(field, out _), field);
        foreach (var field in new[] { "data", "forward", "loss", "backward", "optimizer" })
            Assert.True(json.GetProperty("milliseconds").TryGetProperty(field, out _), field);
    }

    [Fact]
    public void Micro_batches_are_measured_part_by_part_too()
    {
        var speed = StepSpeed.Measure(Tiny with { Settings = Tiny.Settings with { MicroBatch = 4 }, Steps = 1 });
        Assert.Equal(20, speed.Views);
        Assert.True(speed.Milliseconds is { Data: >= 0, Forward: > 0, Loss: > 0, Backward: > 0, Optimizer: > 0 });
    }

    [Fact]
    public void Options_out_of_bounds_are_named_and_cancellation_ends_it()
    {
        Assert.StartsWith("Steps ",
            Assert.Throws<SettingsException>(() => StepSpeed.Measure(Tiny with { Steps = 0 })).Message, StringComparison.Ordinal);
        Assert.Throws<SettingsException>(() => StepSpeed.Measure(Tiny with { Settings = new() { Model = new() { Width = 9 } } }));
        using var cancellationToken = new CancellationTokenSource();
        cancellationToken.Cancel();
        Assert.Throws<OperationCanceledException>(() => StepSpeed.Measure(Tiny, null, cancellationToken.Token));
    }
}
