using SimClr.Models;
using SimClr.Optimization;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

/// <summary>Runs that begin with weights of others: parts that rest, rates by depth, and the better encoder of two.</summary>
public sealed class AdaptationTests : IDisposable
{
    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        Schedule = new() { Epochs = 2, WarmupEpochs = 0, LearningRate = 1 },
        BatchSize = 10,
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        Seed = 5,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("encoder.conv1.weight", 0)]
    [InlineData("encoder.bn1.bias", 0)]
    [InlineData("encoder.layer1.0.conv1.weight", 1)]
    [InlineData("encoder.layer4.1.bn2.weight", 4)]
    [InlineData("head.0.weight", 5)]
    public void A_parameter_belongs_to_a_part(string name, int part) => Assert.Equal(part, SimClrModel.PartOf(name));

    [Fact]
    public void Rates_fall_with_depth_and_the_encoder_waits_for_the_head()
    {
        var rates = new PartRates(Tiny with
        {
            Schedule = Tiny.Schedule with { Epochs = 9, WarmupEpochs = 2 },
            Adaptation = new() { LayerDecay = 0.5, HeadEpochs = 1.5 },
        }, stepsPerEpoch: 4);
        Assert.Equal([true, true, false], new long[] { 0, 5, 6 }.Select(rates.IsHeadAlone));
        Assert.All(new long[] { 0, 5, 6, 30 }, step => Assert.Equal(1, rates.Of(5, step)));
        Assert.Equal([0, 0, 0, 0, 0], Enumerable.Range(0, 5).Select(part => rates.Of(part, 5)));
        Assert.Equal([0, 0.25, 0.5, 0.5], new long[] { 6, 10, 14, 30 }.Select(step => rates.Of(4, step)));
        Assert.Equal([1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0], Enumerable.Range(0, 5).Select(part => rates.Of(part, 20)));
        var usual = new PartRates(Tiny with { Schedule = Tiny.Schedule with { WarmupEpochs = 2 } }, stepsPerEpoch: 4);
        Assert.All(Enumerable.Range(0, 6), part => Assert.Equal(1, usual.Of(part, 1)));
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.AdamW)]
    public void A_part_with_a_share_of_the_rate_moves_as_with_that_rate(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (Weights(1), Weights(2));
        var (lowAlone, highAlone) = (Weights(1), Weights(2));
        var options = new OptimizerOptions { Kind = kind, WeightDecay = 0.01 };
        using var both = Optimizer.InParts(options, [("low", low), ("high", high)], name => name == "low" ? 0 : 1);
        using var first = Optimizer.Create(options, [("low", lowAlone)]);
        using var second = Optimizer.Create(options, [("high", highAlone)]);
        for (var step = 0; step < 3; step++)
        {
            foreach (var weights in new[] { low, high, lowAlone, highAlone }) weights.grad = full_like(weights, 0.5 + step);
            both.Step(0.2, part => part == 0 ? 0.25 : 1);
            first.Step(0.05);
            second.Step(0.2);
        }
        Assert.True(low.equal(lowAlone).all().item<bool>());
        Assert.True(high.equal(highAlone).all().item<bool>());

        static TorchSharp.Modules.Parameter Weights(int seed) => new(arange(12, float32).view(3, 4) * seed + 1);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 0.9)]
    [InlineData(4, 0)]
    public void Frozen_parts_stay_as_they_are_with_their_statistics(int freeze, double ema)
    {
        using var before = Start();
        Pretrainer.Run(Tiny with { Adaptation = new() { Freeze = freeze }, Ema = ema }, "shapes:40", _folder.At("run"));
        using var after = SafeTensors.Read(_folder.At("run/encoder.safetensors"));
        foreach (var (name, tensor) in Kept(before))
            Assert.Equal(SimClrModel.PartOf("encoder." + name) < freeze, tensor.equal(after.Get(name)).all().item<bool>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)] // parts of 4, 4 and 2 images
    public void While_the_head_learns_alone_the_encoder_rests(int microBatch)
    {
        using var before = Start();
        var options = Tiny with { Adaptation = new() { HeadEpochs = 1 }, MicroBatch = microBatch, CheckpointSteps = 4 };
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(options, "shapes:40", _folder.At("run"), new StopAt(stop, 4), cancellationToken: stop.Token);
        using (var state = new CheckpointStore(_folder.At("run/checkpoints")).LoadLatest()!)
        {
            Assert.Equal(4, state.Info.Step);
            foreach (var (name, tensor) in before.state_dict())
            {
                var isSame = tensor.equal(state.Tensors["model." + name]).all().item<bool>();
                Assert.True(isSame == (SimClrModel.PartOf(name) < 5), name);
            }
        }
        Assert.Equal(2, Pretrainer.Resume(_folder.At("run")).Epochs);
        using var after = SafeTensors.Read(_folder.At("run/encoder.safetensors"));
        foreach (var (name, tensor) in Kept(before))
            Assert.False(tensor.equal(after.Get(name)).all().item<bool>(), name);
        // The same without a stop.
        Pretrainer.Run(options, "shapes:40", _folder.At("whole"));
        Assert.Equal(File.ReadAllBytes(_folder.At("whole/encoder.safetensors")),
            File.ReadAllBytes(_folder.At("run/encoder.safetensors")));
    }

    [Theory]
    [InlineData(0.8, 0.7, true)]
    [InlineData(0.8, 0.8, false)]
    [InlineData(0.8, 0.9, false)]
    public void The_better_encoder_is_kept_and_the_run_says_which(double before, double after, bool keepsStart)
    {
        var options = BegunWith("first") with { Adaptation = new() { KeepBetter = true } };
        var words = new ListLogger();
        var summary = Pretrainer.Run(options, "shapes:40", _folder.At("run"), logger: words,
            observer: new Judge("chance", before, after));
        Assert.Equal(new Adaptation("chance", before, after), summary.Adaptation);
        Assert.Equal(summary.Adaptation, RunFolder.Open(_folder.At("run")).ReadSummary()!.Adaptation);
        Assert.Equal(keepsStart, Same("first", "run", "encoder"));
        Assert.Equal(keepsStart, Same("first", "run", "projection"));
        Assert.Equal(keepsStart ? 1 : 0, words.Lines.Count);
        Assert.All(words.Lines, line => Assert.StartsWith("Adapting did not help: chance 80.0 % before and 70.0 % after;",
            line, StringComparison.Ordinal));
        Assert.Equal(keepsStart, summary.ToJson()["adaptation"]!["kept_start"]!.GetValue<bool>());
    }

    [Fact]
    public void A_run_that_is_stopped_before_the_verdict_comes_to_the_same_end()
    {
        var options = BegunWith("first") with { Adaptation = new() { KeepBetter = true } };
        using var stop = new CancellationTokenSource();
        var stopped = Pretrainer.Run(options, "shapes:40", _folder.At("run"),
            observer: new Judge("chance", 0.8, 0.7) { Called = stop.Cancel }, cancellationToken: stop.Token);
        Assert.Equal((true, 2, null), (stopped.Interrupted, stopped.Epochs, stopped.Adaptation));
        Assert.False(File.Exists(_folder.At("run/encoder.safetensors")));
        Assert.Throws<ArgumentException>(() => Pretrainer.Resume(_folder.At("run")));
        var done = Pretrainer.Resume(_folder.At("run"), observer: new Judge("chance", 0.8, 0.7));
        Assert.True(done.Adaptation!.KeptStart);
        Assert.True(Same("first", "run", "encoder"));
    }

    [Fact]
    public void Weights_that_changed_since_are_no_longer_the_start()
    {
        var options = BegunWith("first") with { Adaptation = new() { KeepBetter = true } };
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(options, "shapes:40", _folder.At("run"), new StopAt(stop, 5), observer: new Judge("chance", 0, 1),
            cancellationToken: stop.Token);
        Pretrainer.Run(Tiny with { Seed = 6 }, "shapes:40", _folder.At("other"));
        File.Copy(_folder.At("other/encoder.safetensors"), _folder.At("first/encoder.safetensors"), overwrite: true);
        var error = Assert.Throws<RunFolderException>(
            () => Pretrainer.Resume(_folder.At("run"), observer: new Judge("chance", 0, 1)));
        Assert.Contains("is not what the run began with", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_can_choose_without_an_observer()
    {
        var options = BegunWith("first") with { Adaptation = new() { KeepBetter = true } };
        Assert.Throws<ArgumentException>(() => Pretrainer.Run(options, "shapes:40", _folder.At("run")));
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    [Fact]
    public void The_verdict_in_words() => Assert.Equal(
        [
            "nearest neighbors are right for 93.0 % before and 88.0 % after; training made it worse, and the run keeps the "
            + "encoder that it began with",
            "another view of the image is the nearest one for 50.0 % before and 75.0 % after; the run keeps the trained encoder",
        ],
        new Adaptation[] { new(Adaptation.KnnTop1, 0.93, 0.88), new(Adaptation.ViewsFound, 0.5, 0.75) }.Select(a => a.Words));

    [Fact]
    public void The_network_of_a_run_is_taken_over_with_the_side_of_its_images()
    {
        Pretrainer.Run(Tiny with { Model = Tiny.Model with { ProjectionDimension = 16 } }, "shapes:40", _folder.At("first"));
        var settings = StartingRun.SettingsOf(_folder.At("first"));
        Assert.Equal("""
            {"encoder":"resnet18","width":0.25,"selective_kernels":false,"normalization":"none","head":"nonlinear",
            "head_layers":2,"hidden_dimension":0,"projection_dimension":16,"stem":"cifar","evaluation_image_size":8}
            """.ReplaceLineEndings(""), settings.ToJsonString());
        File.Delete(_folder.At("first/projection.safetensors"));
        Assert.DoesNotContain("head", StartingRun.SettingsOf(_folder.At("first")).Select(setting => setting.Key));
        Assert.Empty(StartingRun.SettingsOf(""));
        Assert.Empty(StartingRun.SettingsOf(_folder.At("first/encoder.safetensors")));
        Assert.Throws<RunFolderException>(() => StartingRun.SettingsOf(_folder.At("")));
    }

    private static SimClrModel Start() => new(Tiny.Model.ToResNet(), Tiny.Model.ToHead(), Tiny.Seed);

    /// <summary>The tensors that a file of an encoder holds.</summary>
    private static IEnumerable<KeyValuePair<string, Tensor>> Kept(SimClrModel model) =>
        model.Encoder.state_dict().Where(t => t.Value.is_floating_point());

    private PretrainingOptions BegunWith(string run)
    {
        Pretrainer.Run(Tiny with { Seed = 4 }, "shapes:40", _folder.At(run));
        return Tiny with { InitialWeights = _folder.At(run) };
    }

    private bool Same(string one, string other, string part) =>
        File.ReadAllBytes(_folder.At($"{one}/{part}.safetensors"))
            .SequenceEqual(File.ReadAllBytes(_folder.At($"{other}/{part}.safetensors")));

    /// <summary>Gives its scores one after the other.</summary>
    private sealed class Judge(string measure, params double[] scores) : IEncoderObserver
    {
        private int _next;

        public Action? Called { get; init; }

        public double? Measure(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken) =>
            null;

        EncoderScore? IEncoderObserver.Judge(
            nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken)
        {
            Called?.Invoke();
            return cancellationToken.IsCancellationRequested ? null : new(scores[_next++], measure);
        }
    }
}
