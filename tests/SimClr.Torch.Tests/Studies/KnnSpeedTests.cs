using System.Text.Json;
using SimClr.Settings;
using SimClr.Studies;
using SimClr.Tests.Fixtures;
using TorchSharp;

namespace SimClr.Torch.Tests.Studies;

public sealed class KnnSpeedTests
{
    [Fact]
    public void A_measurement_is_complete_and_leaves_no_tensor()
    {
        var options = new KnnSpeedOptions
        {
            Bank = 300,
            Queries = 40,
            Dimension = 24,
            K = 500,
            Repetitions = 2,
            Threads = 1,
            Device = "cpu"
        };
        KnnSpeed.Measure(options);
        var before = LiveTensors.Count();
        var speed = KnnSpeed.Measure(options);
        Assert.Equal(before, torch.Tensor.TotalCount);
        Assert.Equal((300, 40, 24, 300), (speed.Bank, speed.Queries, speed.Dimension, speed.K));
        Assert.True(speed is { Seconds: > 0, MatmulSeconds: > 0 });
        if (OperatingSystem.IsLinux()) Assert.True(speed.ExtraBytes >= 0);
        var json = JsonSerializer.SerializeToElement(speed);
        foreach (var field in new[] { "bank", "queries", "dim", "k", "seconds", "matmul_seconds", "extra_bytes", "threads",
            "compute" })
            Assert.True(json.TryGetProperty(field, out _), field);
    }

    [Fact]
    public void Options_out_of_bounds_are_named()
    {
        foreach (var (setting, options) in new (string, KnnSpeedOptions)[]
            {
                ("Bank ", new() { Bank = 0 }), ("Queries ", new() { Queries = 0 }), ("Dimension ", new() { Dimension = 0 }),
                ("Dimension ", new() { Bank = 10_000_000 }), ("K ", new() { K = 0 }), ("Repetitions ", new() { Repetitions = 0 }),
                ("Threads ", new() { Threads = -1 }),
            })
            Assert.StartsWith(setting, Assert.Throws<SettingsException>(() => KnnSpeed.Measure(options)).Message,
                StringComparison.Ordinal);
    }
}
