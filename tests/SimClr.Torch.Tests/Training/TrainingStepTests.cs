using SimClr.Data;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Optimization;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

public sealed class TrainingStepTests
{
    private static readonly PretrainingOptions Tiny =
        new()
        {
            Model = new() { Width = 0.25, ImageSize = 8 },
            BatchSize = 10,
            Seed = 5,
            Compute = new() { Precision = Precision.Float32 },
        };

    [Fact]
    public void A_step_tells_what_it_saw_without_a_graph()
    {
        using var scope = NewDisposeScope();
        using var state = new TrainingState(Tiny, CPU);
        var batches = Pretrainer.Views(Tiny, new NoiseDataset(20), CPU, new UnreadableImages());
        var parts = new List<StepPhase>();
        var step = new TrainingStep(state, new NtXent(), ScalarType.Float32, microBatch: 0, batches.Dataset)
        {
            PartEnded = parts.Add,
        };
        using var model = new SimClrModel(Tiny.Model.ToResNet(), Tiny.Model.ToHead(), Tiny.Seed);
        foreach (var taken in batches.Epoch(0).Take(1))
        {
            var (h, z) = model.RepresentAndProject(taken.ToTensor());
            var expected = new NtXent().Compute(z);
            var seen = step.Take(taken, 0.1);
            foreach (var (want, have) in new[]
            {
                (h, seen.Representations), (z, seen.Projections), (expected.Loss, seen.Loss),
                (expected.ContrastiveTop1, seen.ContrastiveTop1), (expected.Entropy, seen.Entropy),
            })
            {
                Assert.True(want.equal(have).all().item<bool>());
                Assert.False(have.requires_grad);
            }
        }
        Assert.Equal(Enum.GetValues<StepPhase>(), parts);
        Assert.Equal(1, state.Step);
    }

    [Theory]
    [InlineData(OptimizerKind.Lars, false, 2)]
    [InlineData(OptimizerKind.Sgd, true, 2)]
    [InlineData(OptimizerKind.Lars, false, 3)]
    public void Micro_batches_train_a_network_without_batch_statistics_as_the_whole_batch_does(OptimizerKind optimizer,
        bool recompute, int views)
    {
        var options = Tiny with
        {
            Optimization = Tiny.Optimization with { Optimizer = optimizer },
            Model = Tiny.Model with { RecomputeBlocks = recompute },
            Views = Tiny.Views with { Views = views },
        };
        using var whole = new TrainingState(options, CPU);
        using var parts = new TrainingState(options, CPU);
        whole.Model.eval();
        parts.Model.eval();
        var images = new NoiseDataset(30);
        var step = new TrainingStep(whole, new NtXent(), ScalarType.Float32, microBatch: 0, images);
        var cached = new TrainingStep(parts, new NtXent(), ScalarType.Float32, microBatch: 4, images);
        foreach (var batch in Pretrainer.Views(options, images, CPU, new UnreadableImages()).Epoch(0))
        {
            using var scope = NewDisposeScope();
            var (expected, seen) = (step.Take(batch, 0.1), cached.Take(batch, 0.1));
            Assert.Equal(expected.Loss.item<float>(), seen.Loss.item<float>(), 1e-5f);
        }
        using var after = NewDisposeScope();
        foreach (var (name, weight) in whole.Model.named_parameters())
        {
            var difference = (weight - parts.Model.get_parameter(name)!).norm().item<float>() / weight.norm().item<float>();
            Assert.True(difference <= 1e-5, $"{name}: {difference}"); // float32, three steps
        }
    }

    [Fact]
    public void A_micro_batch_of_the_whole_batch_is_the_plain_step()
    {
        using var scope = NewDisposeScope();
        using var plain = new TrainingState(Tiny, CPU);
        using var cached = new TrainingState(Tiny, CPU);
        var batches = Pretrainer.Views(Tiny, new NoiseDataset(20), CPU, new UnreadableImages());
        foreach (var batch in batches.Epoch(0))
        {
            new TrainingStep(plain, new NtXent(), ScalarType.Float32, microBatch: 0, batches.Dataset).Take(batch, 0.1);
            new TrainingStep(cached, new NtXent(), ScalarType.Float32, microBatch: 10, batches.Dataset).Take(batch, 0.1);
        }
        AssertSame(plain.Model, cached.Model);
    }

    [Fact]
    public void Running_statistics_see_every_micro_batch_once()
    {
        using var scope = NewDisposeScope();
        using var state = new TrainingState(Tiny, CPU);
        using var once = new SimClrModel(Tiny.Model.ToResNet(), Tiny.Model.ToHead(), Tiny.Seed);
        var batches = Pretrainer.Views(Tiny, new NoiseDataset(10), CPU, new UnreadableImages());
        foreach (var batch in batches.Epoch(0))
        {
            using (no_grad())
                foreach (var part in MicroBatch.Split(10, 4)) once.call(part.Of(batch.ToTensor()));
            new TrainingStep(state, new NtXent(), ScalarType.Float32, microBatch: 4, batches.Dataset)
                .Take(batch, learningRate: 0);
        }
        AssertSame(once, state.Model);
        Assert.Equal(3, state.Model.state_dict()["head.bn2.num_batches_tracked"].item<long>());
    }

    [Fact]
    public void An_objective_that_needs_labels_gets_those_of_the_images_that_were_rendered()
    {
        var seen = new List<long>();
        var loss = new Labeled { Seen = seen };
        // Odd images cannot be read and are replaced by even ones, whose label is 0.
        var images = new NoiseDataset(40) { Failure = index => index % 2 == 0 ? null : new DataException("broken") };
        using var state = new TrainingState(Tiny, CPU);
        var batches = Pretrainer.Views(Tiny, images, CPU, new UnreadableImages());
        var step = new TrainingStep(state, loss, ScalarType.Float32, microBatch: 0, batches.Dataset);
        foreach (var batch in batches.Epoch(0).Take(1))
            using (NewDisposeScope()) step.Take(batch, 0.1);
        Assert.Equal(new long[10], seen);

        seen.Clear();
        batches = Pretrainer.Views(Tiny, new NoiseDataset(40), CPU, new UnreadableImages());
        foreach (var batch in batches.Epoch(0).Take(1))
        {
            using (NewDisposeScope()) step.Take(batch, 0.1);
            Assert.Equal(batch.Indices.Select(index => index % 2L), seen);
        }
        Assert.Equal(2, seen.Distinct().Count());
    }

    [Fact]
    public void Images_without_labels_are_refused_by_such_an_objective()
    {
        var loss = new Labeled { Seen = [] };
        var error = Assert.Throws<DataException>(() => TrainingStep.RequireLabels(loss, new WithoutLabels(["a"])));
        Assert.StartsWith("Labeled learns from labels, and noise image 0 has none", error.Message, StringComparison.Ordinal);
        Assert.Equal("Loss", error.Setting);
        Assert.Empty(error.Named); // a loss is no setting
        Assert.Throws<DataException>(() => TrainingStep.RequireLabels(loss, new WithoutLabels([])));
        TrainingStep.RequireLabels(loss, new NoiseDataset(4));
        TrainingStep.RequireLabels(new NtXent(), new WithoutLabels([]));
    }

    private static void AssertSame(SimClrModel expected, SimClrModel actual)
    {
        foreach (var (name, value) in expected.state_dict())
            Assert.True(value.equal(actual.state_dict()[name]).all().item<bool>(), name);
    }

    /// <summary>Keeps the labels it is given.</summary>
    private sealed record Labeled : ContrastiveLoss
    {
        public required List<long> Seen { get; init; }

        public override bool NeedsLabels => true;

        public override double? ChanceLevel(int n, int views = 2) => null;

        protected override void Validate()
        {
        }

        protected override ContrastiveResult Compare(Tensor x, Tensor? labels, int views)
        {
            Assert.Equal(ScalarType.Int64, labels!.dtype);
            Seen.AddRange(labels.data<long>());
            return new(x.sum(), zeros([]), zeros([]));
        }
    }

    private sealed class WithoutLabels(IReadOnlyList<string> names) : IImageDataset
    {
        private readonly NoiseDataset _noise = new(4);

        public string Name => "unlabelled";

        public int Count => _noise.Count;

        public IReadOnlyList<string> ClassNames => names;

        public string Fingerprint => "unlabelled";

        public int Label(int index) => -1;

        public SimClr.Images.RgbImage Load(int index) => _noise.Load(index);

        public string Describe(int index) => _noise.Describe(index);
    }
}
