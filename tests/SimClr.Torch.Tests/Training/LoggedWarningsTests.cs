using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;
using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.Torch.Tests.Training;

/// <summary>What goes wrong without ending the work is logged, with its level and its values.</summary>
public sealed class LoggedWarningsTests : IDisposable
{
    private static readonly PretrainingOptions Tiny =
        new()
        {
            Model = new() { Width = 0.25, ImageSize = 16 },
            Schedule = new() { Epochs = 2, WarmupEpochs = 0 },
            BatchSize = 20,
            CheckpointSteps = 1,
            Compute = new() { Threads = 1 },
        };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_resumed_run_warns_of_a_damaged_checkpoint_with_reason_and_exception()
    {
        var run = Stopped();
        var newest = Directory.GetFiles(Path.Combine(run, "checkpoints")).Order(StringComparer.Ordinal).Last();
        File.WriteAllBytes(newest, File.ReadAllBytes(newest)[..^1]);
        var log = new ListLogger();
        Pretrainer.Resume(run, logger: log);
        var entry = Assert.Single(log.Entries);
        Assert.Equal((LogLevel.Warning, "CheckpointPassedOver"), (entry.Level, entry.Event));
        Assert.Contains(Path.GetFileName(newest), Assert.IsType<string>(entry.Values["Reason"]), StringComparison.Ordinal);
        Assert.Equal($"Checkpoint passed over: {entry.Values["Reason"]}", entry.Message);
        Assert.IsType<WeightsException>(entry.Exception);
    }

    [Theory]
    [InlineData("\"workers\": 0", "\"workers\": 2", LogLevel.Information)]
    [InlineData("\"temperature\": 0.5", "\"temperature\": 0.25", LogLevel.Warning)]
    public void A_change_of_settings_is_a_warning_only_where_it_bears_on_the_result(string before, string now, LogLevel level)
    {
        var run = Stopped();
        var config = Path.Combine(run, "config.json");
        var text = File.ReadAllText(config);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(before, now, StringComparison.Ordinal));
        var log = new ListLogger();
        Pretrainer.Resume(run, logger: log, acceptChanges: true);
        var entry = Assert.Single(log.Entries);
        Assert.Equal((level, "ChangeAccepted"), (entry.Level, entry.Event));
        Assert.EndsWith("; it goes on with those of now.", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_cannot_be_read_are_warned_of_with_image_and_reason_and_can_be_collected()
    {
        using var images = new BrokenImages(60);
        var (training, embedding) = (new ListLogger(), new ListLogger());
        Pretrainer.Run(Tiny, images.FullPath, _folder.At("run"), logger: training);
        using var embedder = Embedder.Open(_folder.At("run"));
        var data = DatasetSource.Open(images.FullPath, 16).Train;
        var collected = new UnreadableImages();
        Assert.Equal(embedder.Embed(data, embedding).Count(), embedder.Embed(data, collected).Count());

        Assert.Equal(images.Broken, training.Entries.Count);
        Assert.All(training.Entries, entry => Assert.Equal((LogLevel.Warning, "ImageReplaced",
            $"{entry.Values["Image"]} cannot be read, another image takes its place: {entry.Values["Reason"]}"),
            (entry.Level, entry.Event, entry.Message)));
        Assert.All(embedding.Entries, entry => Assert.Equal((LogLevel.Warning, "ImageUnreadable",
            $"{entry.Values["Image"]}: {entry.Values["Reason"]}"), (entry.Level, entry.Event, entry.Message)));
        Assert.Equal(images.Broken, collected.Count);
        Assert.Equal(collected.ToList().Select(image => (image.Image, image.Reason)),
            embedding.Entries.Select(entry => ((string)entry.Values["Image"]!, (string)entry.Values["Reason"]!)));
    }

    /// <summary>A run that was stopped after its third step of four or more.</summary>
    private string Stopped()
    {
        using var stop = new CancellationTokenSource();
        var stopper = new Stopper(step => { if (step == 3) stop.Cancel(); });
        Pretrainer.Run(Tiny, "shapes:40", _folder.At("run"), stopper, cancellationToken: stop.Token);
        return _folder.At("run");
    }

    private sealed class Stopper(Action<int> after) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => after((int)value.Step);
    }
}
