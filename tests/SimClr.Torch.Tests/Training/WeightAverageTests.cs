using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

/// <summary>Averages of weights: their equation, their statistics, and runs that keep them.</summary>
public sealed class WeightAverageTests : IDisposable
{
    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        Schedule = new() { Epochs = 2, WarmupEpochs = 0, LearningRate = 1 },
        BatchSize = 10,
        Ema = 0.75,
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        Seed = 5,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_average_follows_its_equation_and_forgets_the_initial_weights()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var state = new TrainingState(Tiny with { Ema = 0.6 }, CPU);
        var expected = new Dictionary<string, Tensor>();
        for (var t = 0; t < 20; t++)
        {
            // 0 at first, then 2/11, 3/12, … up to the decay, which (1+t)/(10+t) reaches at t = 12.5.
            var m = t == 0 ? 0 : Math.Min(0.6, (1.0 + t) / (10 + t));
            foreach (var (name, weight) in state.Model.state_dict())
            {
                if (!weight.is_floating_point()) continue;
                weight.add_(full_like(weight, t + 1) * weight.abs().mean().add(0.01));
                var now = weight.to(float64);
                expected[name] = t == 0 ? now : m * expected[name] + (1 - m) * now;
            }
            state.Average!.Follow();
        }
        Assert.Equal(20, state.Average!.Steps);
        var average = state.Average.Model.state_dict();
        foreach (var (name, value) in expected)
        {
            var error = (average[name].to(float64) - value).norm().item<double>() / value.norm().item<double>();
            Assert.True(error < 1e-6, $"{name}: {error}"); // float32, twenty roundings
        }
        Assert.Contains(expected.Keys, name => name.EndsWith("running_var", StringComparison.Ordinal));
        Assert.Contains(expected.Keys, name => name.StartsWith("head.", StringComparison.Ordinal));
    }

    [Fact]
    public void Training_is_the_same_bit_for_bit_with_an_average_and_without()
    {
        var without = Pretrainer.Run(Tiny with { Ema = 0 }, "shapes:40", _folder.At("without"));
        var with = Pretrainer.Run(Tiny, "shapes:40", _folder.At("with"));
        Assert.Equal((without.Loss, without.ContrastiveTop1), (with.Loss, with.ContrastiveTop1));
        using var plain = Latest("without");
        using var averaged = Latest("with");
        Assert.DoesNotContain(plain.Tensors.Keys, name => name.StartsWith("average.", StringComparison.Ordinal));
        Assert.False(plain.Info.Figures.ContainsKey("averaged_steps"));
        foreach (var (name, tensor) in plain.Tensors) Assert.True(tensor.equal(averaged.Tensors[name]).all().item<bool>(), name);
        // The files of the one hold the last weights, those of the other the average.
        Assert.True(Encoder("without", "conv1.weight").equal(plain.Tensors["model.encoder.conv1.weight"]).all().item<bool>());
        Assert.True(Encoder("with", "conv1.weight").equal(averaged.Tensors["average.encoder.conv1.weight"]).all().item<bool>());
        Assert.False(Encoder("with", "conv1.weight").equal(Encoder("without", "conv1.weight")).all().item<bool>());
    }

    [Theory]
    [InlineData(1, 0, 2)] // within the first epoch
    [InlineData(4, 0, 2)] // between the epochs
    [InlineData(7, 4, 3)] // a step before the end, with micro-batches and three views
    public void Stopping_and_resuming_changes_nothing_of_an_average(int stopAfter, int microBatch, int views)
    {
        var options = Tiny with { MicroBatch = microBatch, Views = Tiny.Views with { Views = views } };
        var whole = Pretrainer.Run(options, "shapes:40", _folder.At("whole"));
        using var stop = new CancellationTokenSource();
        Assert.True(Pretrainer.Run(options, "shapes:40", _folder.At("parts"), new StopAt(stop, stopAfter),
            cancellationToken: stop.Token).Interrupted);
        Assert.Equal(whole.AveragedWeights, Pretrainer.Resume(_folder.At("parts")).AveragedWeights);
        Assert.Equal(new AveragedWeights(0.75, Steps: 8, StatisticsBatches: 4), whole.AveragedWeights);
        AssertSameFiles("whole", "parts");
    }

    [Fact]
    public void A_run_stopped_or_killed_while_statistics_are_recomputed_comes_to_the_same_end()
    {
        Pretrainer.Run(Tiny, "shapes:40", _folder.At("whole"));
        using var stop = new CancellationTokenSource();
        var words = new ListLogger(_ => stop.Cancel());
        var stopped = Pretrainer.Run(Tiny, "shapes:40", _folder.At("parts"), logger: words, cancellationToken: stop.Token);
        Assert.StartsWith("The weights were averaged", Assert.Single(words.Lines), StringComparison.Ordinal);
        Assert.EndsWith("from 4 batches.", words.Lines[0], StringComparison.Ordinal);
        Assert.Equal((true, 2, null), (stopped.Interrupted, stopped.Epochs, stopped.AveragedWeights));
        // Nothing was written yet, as where the process is killed.
        Assert.False(File.Exists(_folder.At("parts/encoder.safetensors")) || File.Exists(_folder.At("parts/summary.json")));
        Assert.False(Pretrainer.Resume(_folder.At("parts")).Interrupted);
        AssertSameFiles("whole", "parts");
    }

    [Fact]
    public void A_step_that_is_left_out_does_not_change_the_average()
    {
        using var scope = NewDisposeScope();
        var options = Tiny with { NonFinite = NonFiniteRule.Skip };
        using var state = new TrainingState(options, CPU);
        using var guard = new NonFiniteGuard(options, state, logger: null);
        var images = new NoiseDataset(40);
        var step = new TrainingStep(state, new BadSecond(), ScalarType.Float32, microBatch: 0, images) { Guard = guard };
        foreach (var batch in Pretrainer.Views(options, images, CPU, new UnreadableImages()).Epoch(0).Take(3))
        {
            var before = state.Average!.State.ToDictionary(t => t.Name, t => t.Tensor.clone());
            var skipped = step.Take(batch, 0.1).IsSkipped;
            Assert.Equal(state.Step == 2, skipped);
            Assert.Equal(skipped, state.Average.State.All(t => t.Tensor.equal(before[t.Name]).all().item<bool>()));
        }
        Assert.Equal((3, 2L), (state.Step, state.Average!.Steps));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)] // parts of 4, 4 and 2 images
    public void The_statistics_are_means_over_the_batches_of_the_last_epoch(int microBatch)
    {
        var options = Tiny with { MicroBatch = microBatch, Compute = new() { Precision = SimClr.Native.Precision.Float32 } };
        Pretrainer.Run(options, "shapes:40", _folder.At("run"));
        using var scope = NewDisposeScope();
        var conv = Encoder("run", "conv1.weight").to(float64);
        var images = Pretrainer.Images(options, new OpenedData("shapes:40"));
        var (mean, variance, rows) = (zeros(16, float64), zeros(16, float64), 0L);
        foreach (var batch in Pretrainer.Views(options, images, CPU, new UnreadableImages()).Epoch(1))
        {
            foreach (var part in MicroBatch.Split(10, microBatch))
            {
                var x = nn.functional.conv2d(part.Of(batch.ToTensor()).to(float64), conv, padding: [1L, 1L]); // [2m, 16, 8, 8]
                mean += x.mean([0, 2, 3]) * x.shape[0];
                variance += x.transpose(0, 1).reshape(16, -1).var(1, unbiased: true) * x.shape[0];
                rows += x.shape[0];
            }
        }
        Assert.Equal(80, rows);
        AssertNear(mean / rows, Encoder("run", "bn1.running_mean"));
        AssertNear(variance / rows, Encoder("run", "bn1.running_var"));
        using var last = Latest("run"); // its average holds those that stood in
        Assert.False(last.Tensors["average.encoder.bn1.running_mean"].allclose(Encoder("run", "bn1.running_mean")));
    }

    [Fact]
    public void Averaged_statistics_forget_what_was_before_and_weigh_batches_by_their_rows()
    {
        using var scope = NewDisposeScope();
        using var norm = new BatchNormalization(2);
        using var module = nn.Sequential(("norm", norm));
        norm.call(full(4, 2, 100f));
        Tensor[] batches = [tensor(new float[,] { { 1, 2 }, { 3, 6 } }), tensor(new float[,] { { 0, 0 }, { 1, 1 }, { 5, 2 } })];
        using (BatchNormalization.AverageStatistics(module))
            foreach (var batch in batches) norm.call(batch);
        // Means 2, 4 of two rows and 2, 1 of three; unbiased variances 2, 8 and 7, 1.
        AssertNear(tensor([2.0, (2 * 4 + 3 * 1) / 5.0]), norm.state_dict()["running_mean"]);
        AssertNear(tensor([(2 * 2 + 3 * 7) / 5.0, (2 * 8 + 3 * 1) / 5.0]), norm.state_dict()["running_var"]);
        Assert.Equal(2, norm.state_dict()["num_batches_tracked"].item<long>());
        norm.call(full(4, 2, 12f)); // from now on with the usual momentum of 0.1
        AssertNear(tensor([0.9 * 2 + 1.2, 0.9 * 2.2 + 1.2]), norm.state_dict()["running_mean"]);
    }

    [Fact]
    public void An_observer_sees_the_average()
    {
        var seen = new Observer();
        var options = Tiny with { KnnEpochs = 1, Schedule = Tiny.Schedule with { Epochs = 1 } };
        Pretrainer.Run(options, "shapes:40", _folder.At("run"), observer: seen);
        using var last = Latest("run");
        foreach (var (name, tensor) in seen.State)
            Assert.True(tensor.equal(last.Tensors["average.encoder." + name]).all().item<bool>(), name);
        Assert.Contains("bn1.running_mean", seen.State.Keys);
    }

    [Fact]
    public void Summary_info_and_report_say_that_the_weights_are_averaged()
    {
        var summary = Pretrainer.Run(Tiny, "shapes:40", _folder.At("run"));
        const string Words = "averaged over 8 steps with decay 0.75; statistics of batch norms recomputed from 4 batches";
        Assert.Equal(Words, summary.AveragedWeights!.Words);
        var json = JsonNode.Parse(File.ReadAllText(_folder.At("run/summary.json")))!["averaged_weights"]!;
        Assert.Equal("""{"decay":0.75,"steps":8,"statistics_batches":4}""", json.ToJsonString());
        Assert.Equal(summary.AveragedWeights, RunFolder.Open(_folder.At("run")).ReadSummary()!.AveragedWeights);
        Assert.Contains($"The weights of the finished encoder are {Words}.", File.ReadAllText(RunReport.Write(_folder.At("run"))),
            StringComparison.Ordinal);
        var plain = Pretrainer.Run(Tiny with { Ema = 0 }, "shapes:40", _folder.At("plain"));
        Assert.Null(plain.AveragedWeights);
        Assert.False(plain.ToJson().ContainsKey("averaged_weights"));
    }

    [Fact]
    public void An_average_that_is_accepted_on_the_way_begins_there()
    {
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(Tiny with { Ema = 0 }, "shapes:40", _folder.At("run"), new StopAt(stop, 5), cancellationToken: stop.Token);
        var config = File.ReadAllText(_folder.At("run/config.json"));
        File.WriteAllText(_folder.At("run/config.json"), config.Replace("\"ema\": 0", "\"ema\": 0.9", StringComparison.Ordinal));
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(_folder.At("run")));
        Assert.Contains("ema is 0.9 and was 0", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, Pretrainer.Resume(_folder.At("run"), acceptChanges: true).AveragedWeights!.Steps);
    }

    [Fact]
    public void A_state_before_there_were_averages_goes_on()
    {
        var whole = Pretrainer.Run(Tiny with { Ema = 0 }, "shapes:40", _folder.At("whole"));
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(Tiny with { Ema = 0 }, "shapes:40", _folder.At("run"), new StopAt(stop, 5), cancellationToken: stop.Token);
        // An earlier version knew none of these settings, neither in its configuration nor in its state.
        var config = JsonNode.Parse(File.ReadAllText(_folder.At("run/config.json")))!.AsObject();
        foreach (var name in New) Assert.True(config.Remove(name));
        File.WriteAllText(_folder.At("run/config.json"), config.ToJsonString());
        using (var state = Latest("run"))
        {
            var settings = JsonNode.Parse(state.Info.Settings)!.AsObject();
            foreach (var name in New) Assert.True(settings.Remove(name));
            new CheckpointStore(_folder.At("run/checkpoints")).Save(state.Info with { Settings = settings.ToJsonString() },
                state.Tensors.Select(t => (t.Key, t.Value)));
        }
        Assert.Equal(whole.Loss, Pretrainer.Resume(_folder.At("run"), logger: new ListLogger(Assert.Fail)).Loss);
        AssertSameFiles("whole", "run");
    }

    [Fact]
    public void Steps_of_ones_own_have_an_average_too()
    {
        using var steps = new TrainingSteps(Tiny, Shapes.Open(40, 8).Train);
        foreach (var batch in steps.Epoch(0).Take(1)) steps.Take(batch, 0.1);
        foreach (var (name, weight) in steps.Model.named_parameters())
            Assert.True(weight.equal(steps.AveragedModel!.get_parameter(name)!).all().item<bool>(), name); // after one step
        using var plain = new TrainingSteps(Tiny with { Ema = 0 }, Shapes.Open(40, 8).Train);
        Assert.Null(plain.AveragedModel);
    }

    private static readonly string[] New = ["nesterov", "final_learning_rate", "ema"];

    private static void AssertNear(Tensor expected, Tensor actual)
    {
        var error = (expected - actual.to(float64)).abs().max().item<double>();
        Assert.True(error <= 1e-5 * (1 + expected.abs().max().item<double>()), $"{error}"); // float32 beside float64
    }

    private void AssertSameFiles(string one, string other)
    {
        foreach (var file in new[] { "encoder.safetensors", "projection.safetensors" })
            Assert.Equal(File.ReadAllBytes(_folder.At($"{one}/{file}")), File.ReadAllBytes(_folder.At($"{other}/{file}")));
    }

    private Checkpoint Latest(string run) => new CheckpointStore(_folder.At($"{run}/checkpoints")).LoadLatest()!;

    private Tensor Encoder(string run, string name)
    {
        using var file = SafeTensors.Read(_folder.At($"{run}/encoder.safetensors"));
        return file.Get(name);
    }

    private sealed class Observer : IEncoderObserver
    {
        public Dictionary<string, Tensor> State { get; } = [];

        public double? Measure(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken)
        {
            foreach (var (name, tensor) in encoder.state_dict()) State[name] = tensor.clone().DetachFromDisposeScope();
            return 0.5;
        }
    }

    /// <summary>NT-Xent, whose second value is not a number.</summary>
    private sealed record BadSecond : ContrastiveLoss
    {
        private int _calls;

        public override double? ChanceLevel(int n, int views = 2) => null;

        protected override void Validate() { }

        protected override ContrastiveResult Compare(Tensor x, Tensor? labels, int views)
        {
            var result = new NtXent { Normalize = false }.Compute(x);
            return ++_calls == 2 ? result with { Loss = result.Loss * double.NaN } : result;
        }
    }
}
