using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Images;
using SimClr.Losses;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

/// <summary>What can happen to a run outside its steps.</summary>
public sealed class RunSafetyTests : IDisposable
{
    private static readonly PretrainingOptions Tiny =
        new()
        {
            Model = new() { Width = 0.25, ImageSize = 8 },
            BatchSize = 10,
            Seed = 5,
            Schedule = new() { Epochs = 3, WarmupEpochs = 1, LearningRate = 1 },
            Views = new() { Blur = 0 },
        };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_processes_in_one_folder_are_refused_and_readers_are_not()
    {
        var run = Stopped(Tiny);
        using (RunLock.Take(RunFolder.Open(run)))
        {
            var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(run));
            Assert.Contains("Another process", error.Message, StringComparison.Ordinal);
            Assert.Equal(5, RunRecord.Read(run).Last!.Step);
            RunReport.Write(run);
        }
        Assert.False(Pretrainer.Resume(run).Interrupted);
        using (RunLock.Take(RunFolder.Open(run))) Assert.False(Pretrainer.Resume(run).Interrupted); // it only reads

        var begun = RunFolder.Create(_folder.At("new"));
        using (RunLock.Take(begun))
            Assert.Throws<RunFolderException>(() => Pretrainer.Run(Tiny, "shapes:40", begun.Path));
        Assert.DoesNotContain(RunRecord.Read(run).Files(), file => file.Path.StartsWith('.'));
    }

    [Theory]
    [InlineData(".lock")]
    [InlineData("metrics.jsonl")]
    [InlineData("unreadable.jsonl")]
    [InlineData("tensorboard")]
    [InlineData("checkpoints")]
    public void A_run_writes_through_no_link(string name)
    {
        var run = Stopped(Tiny);
        var (path, elsewhere) = (Path.Combine(run, name), _folder.At("elsewhere"));
        if (Directory.Exists(path)) Directory.Move(path, elsewhere);
        else File.Delete(path);
        File.CreateSymbolicLink(path, elsewhere);
        var before = Directory.Exists(elsewhere) ? Directory.GetFiles(elsewhere).Length : -1;
        Assert.Contains("is a link", Assert.Throws<RunFolderException>(() => Pretrainer.Resume(run)).Message);
        Assert.Equal(before, Directory.Exists(elsewhere) ? Directory.GetFiles(elsewhere).Length : File.Exists(elsewhere) ? 0
            : -1);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 1e-9)] // at once
    public void States_come_by_steps_and_by_time_and_change_nothing(int steps, double minutes)
    {
        var plain = Tiny with { CheckpointMinutes = 0 };
        var often = plain with { CheckpointSteps = steps, CheckpointMinutes = minutes };
        Pretrainer.Run(plain, "shapes:40", _folder.At("plain"));
        var seen = new HashSet<string>();
        var summary = Pretrainer.Run(often, "shapes:40", _folder.At("often"), new Reports(_ => seen.UnionWith(Files())));
        Assert.Equal(Encoder("plain"), Encoder("often"));
        int[] expected = steps == 3 ? [3, 4, 6, 8, 9, 12] : [.. Enumerable.Range(1, 12)];
        var saved = seen.Union(Files()).Select(name => int.Parse(name["step-".Length..^".safetensors".Length]));
        Assert.Equal(expected, saved.Order());
        Assert.Equal(expected.Length, summary.Checkpoints);
        Assert.InRange(summary.CheckpointSeconds!.Value, 1e-6, summary.Seconds + 10);
        Assert.InRange(summary.CheckpointShare!.Value, 1e-9, 1);

        IEnumerable<string> Files() => Directory.Exists(_folder.At("often/checkpoints"))
            ? Directory.GetFiles(_folder.At("often/checkpoints")).Select(file => Path.GetFileName(file)!)
            : [];
    }

    [Fact]
    public void Settings_that_changed_are_named_and_refused_or_accepted()
    {
        var run = Stopped(Tiny);
        Edit(run, ("temperature", 0.25), ("checkpoint_steps", 2));
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(run));
        Assert.Contains("Since step 5", error.Message, StringComparison.Ordinal);
        Assert.Contains("temperature is 0.25 and was 0.5, checkpoint_steps is 2 and was 0", error.Message);
        Assert.Contains("acceptChanges", error.Message, StringComparison.Ordinal);
        var words = new ListLogger();
        Assert.False(Pretrainer.Resume(run, logger: words, acceptChanges: true).Interrupted);
        Assert.Contains("temperature is 0.25", Assert.Single(words.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_without_effect_may_change_with_a_word()
    {
        Pretrainer.Run(Tiny, "shapes:40", _folder.At("whole"));
        var run = Stopped(Tiny);
        Edit(run, ("checkpoint_steps", 2), ("workers", 3), ("non_finite", "skip"));
        var words = new ListLogger();
        Pretrainer.Resume(run, logger: words);
        Assert.Contains("non_finite is \"skip\"", Assert.Single(words.Lines), StringComparison.Ordinal);
        Assert.Equal(Encoder("whole"), Encoder("run"));
    }

    [Fact]
    public void Another_number_of_steps_is_refused_even_where_changes_are_accepted()
    {
        var run = Stopped(Tiny);
        Edit(run, ("batch_size", 20));
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(run, acceptChanges: true));
        Assert.Contains("2 steps an epoch instead of 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_images_are_accepted_once_and_for_all_where_asked()
    {
        foreach (var i in Enumerable.Range(0, 12)) AddImage(i);
        var run = Stopped(Tiny, _folder.At("images"), at: 2);
        AddImage(12);
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(run));
        Assert.Contains("acceptChanges", error.Message, StringComparison.Ordinal);
        var words = new ListLogger();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Pretrainer.Resume(run, logger: words, acceptChanges: true, cancellationToken: stop.Token);
        Assert.Contains("12 then, 13 now", Assert.Single(words.Lines), StringComparison.Ordinal);
        Assert.False(Pretrainer.Resume(run, logger: new ListLogger(_ => Assert.Fail("it was accepted"))).Interrupted);

        void AddImage(int i) => _folder.Write($"images/{i:D2}.png", ImageCodec.EncodePng(Shapes.Open(20, 16).Train.Load(i)));
    }

    [Fact]
    public void A_step_of_micro_batches_is_given_up_half_way_and_leaves_no_trace()
    {
        using var scope = NewDisposeScope();
        using var state = new TrainingState(Tiny, CPU);
        using var stop = new CancellationTokenSource();
        var forwards = 0;
        var step = new TrainingStep(state, new NtXent(), ScalarType.Float32, microBatch: 3, new NoiseDataset(40))
        {
            PartEnded = part => { if (part == StepPhase.Backward && ++forwards == 2) stop.Cancel(); },
        };
        var before = state.Model.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        foreach (var batch in Pretrainer.Views(Tiny, new NoiseDataset(40), CPU, new UnreadableImages()).Epoch(0).Take(1))
            Assert.Throws<OperationCanceledException>(() => step.Take(batch, 0.1, stop.Token));
        Assert.Equal((2, 0), (forwards, state.Step));
        foreach (var (name, tensor) in state.Model.state_dict()) Assert.True(tensor.equal(before[name]).all().item<bool>(), name);
    }

    [Fact]
    public void A_run_stopped_while_it_measures_saves_its_state()
    {
        var options = Tiny with { KnnEpochs = 1 };
        using var stop = new CancellationTokenSource();
        var observer = new StopFirst(stop, KnnObserver.Open(options, "shapes:40")!);
        var summary = Pretrainer.Run(options, "shapes:40", _folder.At("run"), observer: observer, cancellationToken: stop.Token);
        Assert.Equal((true, 1, null), (summary.Interrupted, summary.Epochs, summary.Last.KnnTop1));
        Assert.False(Pretrainer.Resume(_folder.At("run")).Interrupted);
    }

    [Fact]
    public void A_torn_line_of_unreadable_images_does_not_spoil_the_next()
    {
        var path = _folder.At("unreadable.jsonl");
        UnreadableLog.Append(path, new UnreadableImage(1, "a.png", "damaged"));
        File.AppendAllText(path, "{\"index\":2,\"pic");
        Assert.Equal(1, Assert.Single(UnreadableLog.TakeUp(path)).Index);
        UnreadableLog.Append(path, new UnreadableImage(3, "c.png", "damaged"));
        Assert.Equal([1, 3], UnreadableLog.Read(path).Select(image => image.Index));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_found_before_training()
    {
        Directory.CreateDirectory(_folder.At("run"));
        Directory.CreateDirectory(_folder.At("run/.lock")); // where the lock's file should be
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Run(Tiny, "shapes:40", _folder.At("run")));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<RunFolderException>(() => Pretrainer.Run(Tiny, "shapes:40", "/proc/run"));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
    }

    private string Stopped(PretrainingOptions options, string data = "shapes:40", int at = 5)
    {
        using var stop = new CancellationTokenSource();
        var run = _folder.At("run");
        var reports = new Reports(report => { if (report.Step == at) stop.Cancel(); });
        Pretrainer.Run(options, data, run, reports, cancellationToken: stop.Token);
        return run;
    }

    private byte[] Encoder(string run) => File.ReadAllBytes(_folder.At($"{run}/encoder.safetensors"));

    private static void Edit(string run, params (string Name, JsonNode Value)[] settings)
    {
        var path = Path.Combine(run, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (var (name, value) in settings) json[name] = value;
        File.WriteAllText(path, json.ToJsonString());
    }

    private sealed class StopFirst(CancellationTokenSource stop, IEncoderObserver observer) : IEncoderObserver
    {
        public double? Measure(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken)
        {
            stop.Cancel();
            return observer.Measure(encoder, precision, cancellationToken);
        }
    }

    private sealed class Reports(Action<TrainingMetrics> then) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => then(value);
    }
}
