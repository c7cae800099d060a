using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.Torch.Tests.Training;

public sealed class UnreadableImagesOfRunsTests : IDisposable
{
    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        Schedule = new() { Epochs = 3, WarmupEpochs = 1 },
        BatchSize = 40,
        Views = new() { Blur = 0 },
        Seed = 5,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_goes_on_and_names_each_once_in_words_in_its_folder_and_in_the_summary()
    {
        using var images = new BrokenImages(160);
        var words = new ListLogger();
        var summary = Pretrainer.Run(Tiny, images.FullPath, _folder.At("run"), logger: words);
        Assert.Equal((12, images.Broken), (summary.Steps, summary.UnreadableImages));
        var lines = File.ReadAllLines(_folder.At("run/unreadable.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(images.Broken, lines.Select(line => (string)line["picture"]!).Distinct().Count());
        Assert.Equal(words.Lines, lines.Select(line =>
            $"{line["picture"]} cannot be read, another image takes its place: {line["reason"]}"));
        Assert.Contains(words.Lines, word => word.Contains("0067.png", StringComparison.Ordinal) && word.Contains("30000x30000"));
        Assert.Equivalent(summary, RunFolder.Open(_folder.At("run")).ReadSummary(), strict: true);
        Assert.Equal(images.Broken, RunRecord.Read(_folder.At("run")).UnreadableImages);
        var report = File.ReadAllText(RunReport.Write(_folder.At("run")));
        Assert.Contains("images could not be read", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void An_interrupted_run_equals_the_undisturbed_one_and_names_nothing_twice(int stopAfter)
    {
        using var images = new BrokenImages(160);
        var whole = Pretrainer.Run(Tiny with
        {
            Compute = Tiny.Compute with { Workers = 1 },
        }, images.FullPath, _folder.At("whole"));
        var words = new ListLogger();
        using var stop = new CancellationTokenSource();
        var stopper = new Stopper(step => { if (step == stopAfter) stop.Cancel(); });
        Pretrainer.Run(Tiny with
        {
            Compute = Tiny.Compute with { Workers = 3 },
        }, images.FullPath, _folder.At("parts"), stopper, words, cancellationToken: stop.Token);
        var resumed = Pretrainer.Resume(_folder.At("parts"), logger: words);
        Assert.Equal(whole.Loss, resumed.Loss);
        Assert.Equal(whole.UnreadableImages, resumed.UnreadableImages);
        Assert.Equal(
            File.ReadAllBytes(_folder.At("whole/encoder.safetensors")),
            File.ReadAllBytes(_folder.At("parts/encoder.safetensors")));
        Assert.Equal(images.Broken, words.Lines.Distinct().Count());
        Assert.Equal(images.Broken, words.Lines.Count);
        Assert.Equal(Named("whole"), Named("parts"));
    }

    [Fact]
    public void When_nothing_can_be_read_the_first_is_named_and_nothing_is_left_half_written()
    {
        for (var i = 0; i < 60; i++) _folder.Write($"images/{i:D2}.jpg", "not an image"u8);
        var error = Assert.Throws<DataException>(() => Pretrainer.Run(Tiny, _folder.At("images"), _folder.At("run")));
        Assert.StartsWith("Most images of images train cannot be read; the first of them is ", error.Message);
        Assert.Contains(".jpg: not a JPEG", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    [Fact]
    public void A_last_line_that_was_cut_off_is_left_out()
    {
        var path = _folder.At("unreadable.jsonl");
        Assert.Empty(UnreadableLog.Read(path));
        var image = new UnreadableImage(3, "/bilder/größe \"1\".jpg", "torn");
        UnreadableLog.Append(path, image);
        Assert.Contains("größe", File.ReadAllText(path), StringComparison.Ordinal);
        File.AppendAllText(path, "{\"index\":4}\n{\"index\":5,\"pict");
        Assert.Equal([image], UnreadableLog.Read(path));
    }

    private IEnumerable<string> Named(string run) => File.ReadAllLines(_folder.At($"{run}/unreadable.jsonl")).Order();

    private sealed class Stopper(Action<int> then) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => then((int)value.Step);
    }
}
