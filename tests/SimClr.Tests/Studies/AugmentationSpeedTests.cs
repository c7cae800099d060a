using System.Text.Json;
using SimClr.Data;
using SimClr.Settings;
using SimClr.Studies;

namespace SimClr.Tests.Studies;

/// <summary>That a measurement is complete and consistent; how fast a machine is proves nothing.</summary>
public sealed class AugmentationSpeedTests
{
    [Fact]
    public void A_measurement_is_complete()
    {
        var stages = new List<string>();
        var speed = AugmentationSpeed.Measure(
            new AugmentationSpeedOptions { Size = 16, Blur = true, Data = "shapes:20", Cores = 2, Seconds = 0.05 },
            new Recorder(stages));
        Assert.Equal((16, true, 2, 20), (speed.Size, speed.Blur, speed.Cores, speed.Images));
        Assert.Equal("shapes train, 16 x 16 pixels", speed.Source);
        Assert.True(speed is { ViewsPerSecond: > 0, ViewsPerSecondPerCore: > 0, PlainViewsPerSecondPerCore: > 0 });
        Assert.Equal(speed.ViewsPerSecond / speed.ViewsPerSecondPerCore, speed.Scaling, 9);
        // No real core does more than its peak of arithmetic, which leaves out most of the work.
        Assert.True(speed.ArithmeticLimit > speed.ViewsPerSecondPerCore);
        Assert.True(speed.MemoryLimit > 0);
        Assert.Contains(speed.VectorBits, new[] { 128, 256, 512 });
        Assert.Equal(["images", "one core", "2 cores", "one core, plain", "limits"], stages);
        var json = JsonSerializer.SerializeToElement(speed);
        foreach (var field in new[] { "size", "blur", "cores", "views_per_second", "views_per_second_per_core" })
            Assert.True(json.TryGetProperty(field, out _), field);
    }

    [Fact]
    public void Options_out_of_bounds_and_missing_images_are_named()
    {
        var options = new AugmentationSpeedOptions();
        Assert.StartsWith("Size ", Refusal(options with { Size = 0 }), StringComparison.Ordinal);
        Assert.StartsWith("Cores ", Refusal(options with { Cores = -1 }), StringComparison.Ordinal);
        Assert.StartsWith("Seconds ", Refusal(options with { Seconds = double.NaN }), StringComparison.Ordinal);
        Assert.Throws<DataException>(() => AugmentationSpeed.Measure(options with { Data = "nowhere" }));
    }

    [Fact]
    public void Cancellation_ends_a_measurement()
    {
        using var cancellationToken = new CancellationTokenSource();
        cancellationToken.Cancel();
        Assert.Throws<OperationCanceledException>(() => AugmentationSpeed.Measure(
            new AugmentationSpeedOptions { Size = 8, Data = "shapes:20", Seconds = 60 }, null, cancellationToken.Token));
    }

    private static string Refusal(AugmentationSpeedOptions options) =>
        Assert.Throws<SettingsException>(() => AugmentationSpeed.Measure(options)).Message;

    private sealed class Recorder(List<string> stages) : IProgress<string>
    {
        public void Report(string value) => stages.Add(value);
    }
}
