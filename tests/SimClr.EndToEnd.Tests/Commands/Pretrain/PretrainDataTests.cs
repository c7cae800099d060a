using SimClr.Cli;
using SimClr.Cli.Commands;
using SimClr.Data;
using SimClr.Images;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Opening data may take seconds: <c>simclr pretrain</c> opens them once, whoever needs them.</summary>
public sealed class PretrainDataTests : IDisposable
{
    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        BatchSize = 10,
        Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
        KnnEpochs = 1,
        Compute = new() { Device = "cpu", Threads = 1, Workers = 1 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, "evaluate linear")]
    [InlineData(false, "evaluate gallery")]
    public void Training_measuring_and_reporting_share_data_that_is_opened_once(bool hasLabels, string next)
    {
        var opened = 0;
        // Nobody but this opener knows the name: who opens the data for himself fails.
        var data = new OpenedData("counted", (_, size) =>
        {
            opened++;
            var shapes = Shapes.Open(40, 32);
            return hasLabels ? shapes : new(new Unlabeled(shapes.Train), new Unlabeled(shapes.Test));
        });
        var shown = Shown(session => Assert.Equal(0, PretrainCommand.Train(session, data, _folder.At("run"), Tiny)));
        Assert.Equal(1, opened);
        Assert.Contains(next, shown, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("run/views.png")));
        var metrics = File.ReadAllText(_folder.At("run/metrics.jsonl"));
        Assert.Equal(hasLabels, metrics.Contains("\"knn_top1\":0.", StringComparison.Ordinal));
    }

    [Fact]
    public void Drawn_images_are_opened_once_for_each_size_and_others_once()
    {
        foreach (var (name, expected) in new[] { ("shapes:40", 2), ("folder:x", 1) })
        {
            var opened = 0;
            var data = new OpenedData(name, (_, size) => { opened++; return Shapes.Open(40, size); });
            Assert.Same(data.At(32), data.At(32));
            data.At(48);
            Assert.Equal(expected, opened);
        }
    }

    [Fact]
    public void Data_that_could_not_be_opened_are_tried_again()
    {
        var data = new OpenedData(_folder.At("later"));
        Assert.Throws<DataException>(() => data.At(32));
        Directory.CreateDirectory(_folder.At("later"));
        for (var i = 0; i < 2; i++) ImageCodec.WritePng(_folder.At($"later/{i}.png"), Shapes.Open(40, 32).Train.Load(i));
        Assert.Equal(2, data.At(32).Train.Count);
    }

    private static string Shown(Action<Session> work)
    {
        var (before, written) = (Console.Out, new StringWriter());
        Console.SetOut(written);
        try
        {
            using var session = new Session(new SessionOptions { Quiet = true });
            work(session);
        }
        finally
        {
            Console.SetOut(before);
        }
        return written.ToString();
    }

    private sealed class Unlabeled(IImageDataset images) : IImageDataset
    {
        public string Name => images.Name;

        public int Count => images.Count;

        public IReadOnlyList<string> ClassNames => [];

        public string Fingerprint => images.Fingerprint;

        public int Label(int index) => -1;

        public RgbImage Load(int index) => images.Load(index);

        public string Describe(int index) => images.Describe(index);
    }
}
