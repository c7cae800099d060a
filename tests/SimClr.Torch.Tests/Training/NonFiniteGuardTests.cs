using SimClr.Data;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Optimization;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

public sealed class NonFiniteGuardTests : IDisposable
{
    private static readonly PretrainingOptions Tiny =
        new()
        {
            Model = new() { Width = 0.25, ImageSize = 8 },
            BatchSize = 10,
            Seed = 5,
            Schedule = new() { Epochs = 3, WarmupEpochs = 0 },
            Views = new() { Blur = 0 },
        };

    // Its second step overflows float32.
    private static readonly PretrainingOptions Diverging = Tiny with
    {
        Optimization = Tiny.Optimization with { Optimizer = OptimizerKind.Sgd },
        Schedule = Tiny.Schedule with { LearningRate = 1e30, LearningRateScaling = LearningRateScaling.None },
        Model = Tiny.Model with { Head = ProjectionHeadKind.Identity },
        CheckpointSteps = 1,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("loss", NonFiniteRule.Skip)]
    [InlineData("gradient", NonFiniteRule.Skip)]
    [InlineData("loss", NonFiniteRule.Stop)]
    [InlineData("gradient", NonFiniteRule.Stop)]
    public void A_bad_step_changes_no_weight_and_is_named(string bad, NonFiniteRule rule)
    {
        using var scope = NewDisposeScope();
        var words = new ListLogger();
        using var state = new TrainingState(Tiny with { NonFinite = rule }, CPU);
        using var guard = new NonFiniteGuard(Tiny with { NonFinite = rule }, state, words);
        var before = Copy(state);
        var step = Step(state, new Poisoned(bad) { At = 1 }, guard);
        foreach (var batch in Batches().Take(1))
        {
            if (rule == NonFiniteRule.Stop)
            {
                var error = Assert.Throws<TrainingDivergedException>(() => step.Take(batch, 0.1));
                Assert.StartsWith($"The {bad} is not a number any more at step 1 (epoch 1)", error.Message);
                foreach (var (name, parameter) in state.Model.named_parameters())
                    Assert.True(parameter.equal(before[name]).all().item<bool>(), name);
                return;
            }
            Assert.True(step.Take(batch, 0.1).IsSkipped);
        }
        Assert.Equal((1, 1), (state.Step, state.SkippedSteps));
        Assert.Equal($"Step 1 is left out: its {bad} is not a number (1 so far).", Assert.Single(words.Lines));
        AssertSame(before, state); // running statistics too
    }

    [Fact]
    public void Good_steps_behind_a_skipped_one_count_anew()
    {
        using var scope = NewDisposeScope();
        var options = Tiny with { NonFinite = NonFiniteRule.Skip };
        using var state = new TrainingState(options, CPU);
        using var guard = new NonFiniteGuard(options, state, logger: null);
        var step = Step(state, new Poisoned("loss") { At = 2 }, guard);
        foreach (var batch in Batches().Take(3))
        {
            var before = Copy(state);
            var skipped = step.Take(batch, 0.1).IsSkipped;
            Assert.Equal(state.Step == 2, skipped);
            Assert.Equal(!skipped, Copy(state).Any(t => !t.Value.equal(before[t.Key]).all().item<bool>()));
        }
        Assert.Equal((3, 1, 0), (state.Step, state.SkippedSteps, state.SkippedInRow));
    }

    [Fact]
    public void A_device_that_nobody_waits_for_remembers_the_first_bad_step_and_no_state_is_saved_behind_it()
    {
        using var scope = NewDisposeScope();
        using var state = new TrainingState(Tiny, CPU);
        using var guard = new NonFiniteGuard(Tiny, state, logger: null, everyStep: false);
        var run = RunFolder.Create(_folder.At("run"));
        var config = new RunConfig(Tiny, "noise", "noise", 40, "print", "0", "cpu");
        using var log = new MetricsLog(run.Metrics, 0);
        var keeper = new StateKeeper(run, config, state, log, guard);
        var step = Step(state, new Poisoned("gradient") { At = 2 }, guard);
        foreach (var batch in Batches().Take(3))
        {
            step.Take(batch, 0.1);
            if (state.Step == 1) keeper.Save();
        }
        var error = Assert.Throws<TrainingDivergedException>(keeper.Save);
        Assert.Contains("at step 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("of step 1, is kept", error.Message, StringComparison.Ordinal);
        using var kept = new CheckpointStore(run.Checkpoints).LoadLatest();
        Assert.Equal(1, kept!.Info.Step);
    }

    [Fact]
    public void A_run_that_stops_keeps_its_last_good_state_and_says_how_to_go_on()
    {
        var error = Assert.Throws<TrainingDivergedException>(() => Pretrainer.Run(Diverging, "shapes:40", _folder.At("run")));
        Assert.Contains("at step 2 (epoch 1). The last good state, of step 1, is kept", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"non_finite\": \"skip\"", error.Message, StringComparison.Ordinal);
        using var kept = new CheckpointStore(_folder.At("run/checkpoints")).LoadLatest();
        Assert.All(kept!.Tensors, t => Assert.True(t.Value.isfinite().all().item<bool>(), t.Key));
    }

    [Fact]
    public void Skipping_ends_after_ten_steps_in_a_row_even_over_a_stop()
    {
        var options = Diverging with
        {
            NonFinite = NonFiniteRule.Skip,
            CheckpointSteps = 0,
            CheckpointEpochs = 1,
            Schedule = Diverging.Schedule with { Epochs = 9 },
        };
        var words = new ListLogger();
        using var curves = new LiveTensorBoard(_folder.At("run"));
        var error = Assert.Throws<TrainingDivergedException>(
            () => Pretrainer.Run(options with { BatchSize = 2 }, "shapes:40", _folder.At("run"), curves, words));
        Assert.Contains("10 steps in a row were left out", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, words.Lines.Count);
        Assert.False(Directory.Exists(_folder.At("run"))); // it had no checkpoint

        using var stop = new CancellationTokenSource();
        var first = Pretrainer.Run(options, "shapes:40", _folder.At("parts"), cancellationToken: stop.Token,
            logger: new ListLogger(word => { if (word.Contains("6 so far")) stop.Cancel(); }));
        Assert.Equal((true, 6), (first.Interrupted, first.SkippedSteps));
    }

    private static TrainingStep Step(TrainingState state, ContrastiveLoss loss, NonFiniteGuard guard) =>
        new(state, loss, ScalarType.Float32, microBatch: 0, new NoiseDataset(40)) { Guard = guard };

    private static IEnumerable<ViewBatch> Batches() =>
        Pretrainer.Views(Tiny, new NoiseDataset(40), CPU, new UnreadableImages()).Epoch(0);

    private static Dictionary<string, Tensor> Copy(TrainingState state) =>
        state.Model.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());

    private static void AssertSame(Dictionary<string, Tensor> before, TrainingState state)
    {
        foreach (var (name, tensor) in state.Model.state_dict()) Assert.True(tensor.equal(before[name]).all().item<bool>(), name);
    }

    /// <summary>NT-Xent, of which one step's value or gradient is not a number.</summary>
    private sealed record Poisoned(string Bad) : ContrastiveLoss
    {
        private int _calls;

        public int At { get; init; }

        public override double? ChanceLevel(int n, int views = 2) => null;

        protected override void Validate() { }

        protected override ContrastiveResult Compare(Tensor x, Tensor? labels, int views)
        {
            var result = new NtXent { Normalize = false }.Compute(x);
            if (++_calls != At) return result;
            // The root of 0 is 0, and its slope infinite.
            var loss = Bad == "loss" ? result.Loss * double.NaN : result.Loss + (x - x.detach()).abs().sqrt().sum();
            return result with { Loss = loss };
        }
    }
}
