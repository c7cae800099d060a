using System.Text.Json;
using SimClr.Losses;
using SimClr.Native;
using SimClr.Settings;
using SimClr.Studies;
using SimClr.Tests.Fixtures;
using TorchSharp;

namespace SimClr.Torch.Tests.Studies;

public sealed class LossSpeedTests
{
    [Fact]
    public void A_measurement_is_complete_and_leaves_no_tensor()
    {
        var options = new LossSpeedOptions { N = 50, Dimension = 16, Repetitions = 2, Device = "cpu" };
        LossSpeed.Measure(options);
        var before = LiveTensors.Count();
        var speed = LossSpeed.Measure(options);
        Assert.Equal(before, torch.Tensor.TotalCount);
        Assert.Equal((50, 16), (speed.N, speed.Dimension));
        Assert.True(speed is { Seconds: > 0, PlainSeconds: > 0 });
        if (OperatingSystem.IsLinux()) Assert.True(speed is { ExtraBytes: >= 0, PlainExtraBytes: >= 0 });
        var json = JsonSerializer.SerializeToElement(speed);
        foreach (var field in new[] { "n", "dim", "seconds", "plain_seconds", "extra_bytes" })
            Assert.True(json.TryGetProperty(field, out _), field);
        Assert.Null(LossSpeed.Measure(options with { PlainUpTo = 49 }).PlainSeconds);
    }

    [Fact]
    public void The_plain_way_is_the_same_loss()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        var z = torch.randn(66, 12, generator: new torch.Generator(3));
        var many = LossSpeed.Plain(z, 0.2, views: 6);
        Assert.Equal(many.item<float>(), new NtXent { Temperature = 0.2 }.Compute(z, labels: null, 6).Loss.item<float>(), 1e-5);
        Assert.Equal(LossSpeed.Plain(z, 0.2).item<float>(), new NtXent { Temperature = 0.2 }.Compute(z).Loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Memory_that_is_used_meanwhile_is_seen()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux keeps the account that is read here.");
        const int size = 64 << 20;
        var rise = PeakMemory.Rise(() => new byte[size].AsSpan().Fill(1));
        Assert.InRange(rise!.Value, size * 9L / 10, 3L * size);
    }

    [Fact]
    public void Options_out_of_bounds_are_named()
    {
        foreach (var (setting, options) in new (string, LossSpeedOptions)[]
            {
                ("N ", new() { N = 0 }), ("Dimension ", new() { Dimension = 0 }),
                ("Temperature ", new() { Temperature = double.NaN }),
                ("Repetitions ", new() { Repetitions = 0 }), ("Threads ", new() { Threads = -1 }),
                ("PlainUpTo ", new() { PlainUpTo = -1 }),
            })
            Assert.StartsWith(setting, Assert.Throws<SettingsException>(() => LossSpeed.Measure(options)).Message,
                StringComparison.Ordinal);
    }
}
