using SimClr.Data;
using SimClr.Images;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

public sealed class OnlineProbeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Sixty steps an epoch, of which every third is logged.
    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        Schedule = new() { Epochs = 1, WarmupEpochs = 0.1, LearningRate = 1 },
        BatchSize = 5,
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        Seed = 5,
        OnlineProbe = true,
    };

    private const string Data = "shapes:300";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pretraining_is_the_same_to_the_last_bit_with_and_without_it()
    {
        var with = Pretrainer.Run(Tiny, Data, _folder.At("with"));
        var without = Pretrainer.Run(Tiny with { OnlineProbe = false }, Data, _folder.At("without"));
        Same("with", "without", "encoder.safetensors");
        Same("with", "without", "projection.safetensors");
        Assert.Equal(without.Loss, with.Loss);
        var lines = TrainingMetrics.ReadAll(_folder.At("with/metrics.jsonl")).ToList();
        Assert.Equal(20, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.OnlineTop1!.Value, 0, 1));
        Assert.Equal(lines[^1].OnlineTop1, with.Last.OnlineTop1);
        Assert.All(TrainingMetrics.ReadAll(_folder.At("without/metrics.jsonl")), line => Assert.Null(line.OnlineTop1));
        Assert.Null(without.Last.OnlineTop1);
        var fields = MetricsLog.Read(_folder.At("without/metrics.jsonl")).First();
        Assert.False(fields.ContainsKey("online_top1"));
    }

    [Fact]
    public void Stopping_and_resuming_changes_nothing()
    {
        Pretrainer.Run(Tiny, Data, _folder.At("whole"));
        using var stop = new CancellationTokenSource();
        var stopping = new Progress(p =>
        {
            if (p.Step == 30) stop.Cancel();
        });
        Assert.True(Pretrainer.Run(Tiny, Data, _folder.At("parts"), stopping, cancellationToken: stop.Token).Interrupted);
        Pretrainer.Resume(_folder.At("parts"));
        Same("whole", "parts", "encoder.safetensors");
        Assert.Equal(Logged("whole"), Logged("parts"));
    }

    [Fact]
    public void It_learns_to_name_classes_that_lie_apart()
    {
        using var probe = new OnlineProbe(dimension: 4, classes: 3, CPU);
        for (var step = 0; step < 300; step++)
        {
            using var scope = NewDisposeScope();
            // Three images, two views each; a class is one direction.
            var h = tensor(new float[] { 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 2, 0, 0, 1, 0, 2, 0, 1, 0, 0, 2, 1 }).view(6, 4);
            probe.Learn(h, [0, 1, 2]);
            if (step == 0) Assert.Equal(1.0 / 3, probe.TakeTop1(), 1e-12); // zeros name the first class
        }
        Assert.InRange(probe.TakeTop1(), 0.95, 1); // the mean over all steps, nearly all of them right
    }

    [Fact]
    public void Its_state_makes_another_go_on_alike()
    {
        using var one = new OnlineProbe(4, 3, CPU);
        using var other = new OnlineProbe(4, 3, CPU);
        using var h = arange(24, float32).view(6, 4).sin();
        for (var step = 0; step < 5; step++) one.Learn(h, [0, 1, 2]);
        other.Restore(5, one.State.ToDictionary(t => t.Name, t => t.Tensor), one.Figures.ToDictionary(f => f.Name, f => f.Value));
        one.Learn(h, [2, 1, 0]);
        other.Learn(h, [2, 1, 0]);
        Assert.Equal(one.TakeTop1(), other.TakeTop1());
        foreach (var (first, second) in one.State.Zip(other.State))
            Assert.Equal(first.Tensor.detach().data<float>().ToArray(), second.Tensor.detach().data<float>().ToArray());
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var probe = new OnlineProbe(4, 3, CPU);
        using var h = arange(24, float32).view(6, 4);
        probe.Learn(h, [0, 1, 2]);
        var before = LiveTensors.Count();
        for (var step = 0; step < 10; step++) probe.Learn(h, [0, 1, 2]);
        probe.TakeTop1();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Images_without_labels_are_refused_before_anything_is_written()
    {
        foreach (var i in Enumerable.Range(0, 12))
            _folder.Write($"images/{i}.png", ImageCodec.EncodePng(Shapes.Open(20, 8).Train.Load(i)));
        var error = Assert.Throws<DataException>(() => Pretrainer.Run(Tiny, _folder.At("images"), _folder.At("run")));
        Assert.Contains("OnlineProbe learns from labels", error.Message, StringComparison.Ordinal);
        Assert.Equal("OnlineProbe", error.Setting);
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    private void Same(string one, string other, string file) =>
        Assert.Equal(File.ReadAllBytes(_folder.At($"{one}/{file}")), File.ReadAllBytes(_folder.At($"{other}/{file}")));

    private List<(long, double?, double?)> Logged(string run) =>
        [.. TrainingMetrics.ReadAll(_folder.At($"{run}/metrics.jsonl")).Select(p => (p.Step, p.Loss, p.OnlineTop1))];

    private sealed class Progress(Action<TrainingMetrics> act) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => act(value);
    }
}
