using SimClr.Batches;
using SimClr.Contrastive;
using SimClr.Datasets;
using SimClr.Pretraining;
using SimClr.Tests.Batches;
using static TorchSharp.torch;

namespace SimClr.Tests.Pretraining;

public sealed class TrainingStepTests
{
    private static readonly PretrainingOptions Tiny =
        new() { Width = 0.25, ImageSize = 8, BatchSize = 10, Seed = 5, Precision = "fp32" };

    [Fact]
    public void A_step_tells_what_it_saw_without_a_graph()
    {
        using var scope = NewDisposeScope();
        using var state = new TrainingState(Tiny, CPU);
        var batches = Pretrainer.Views(Tiny, new NoiseDataset(20), CPU, new UnreadablePictures());
        var parts = new List<StepPart>();
        var step = new TrainingStep(state, new NtXent(), ScalarType.Float32, batches.Dataset) { PartEnded = parts.Add };
        using var model = new SimClrModel(Tiny.Encoder(), Tiny.Head(), Tiny.Seed);
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
        Assert.Equal(Enum.GetValues<StepPart>(), parts);
        Assert.Equal(1, state.Step);
    }

    [Fact]
    public void An_objective_that_needs_labels_gets_those_of_the_pictures_that_were_rendered()
    {
        var seen = new List<long>();
        var loss = new Labelled { Seen = seen };
        // Odd pictures cannot be read and are replaced by even ones, whose label is 0.
        var pictures = new NoiseDataset(40) { Failure = index => index % 2 == 1 ? new DataException("broken") : null };
        using var state = new TrainingState(Tiny, CPU);
        var batches = Pretrainer.Views(Tiny, pictures, CPU, new UnreadablePictures());
        var step = new TrainingStep(state, loss, ScalarType.Float32, batches.Dataset);
        foreach (var batch in batches.Epoch(0).Take(1))
            using (NewDisposeScope()) step.Take(batch, 0.1);
        Assert.Equal(new long[10], seen);

        seen.Clear();
        batches = Pretrainer.Views(Tiny, new NoiseDataset(40), CPU, new UnreadablePictures());
        foreach (var batch in batches.Epoch(0).Take(1))
        {
            using (NewDisposeScope()) step.Take(batch, 0.1);
            Assert.Equal(batch.Indices.Select(index => index % 2L), seen);
        }
        Assert.Equal(2, seen.Distinct().Count());
    }

    [Fact]
    public void Pictures_without_labels_are_refused_by_such_an_objective()
    {
        var loss = new Labelled { Seen = [] };
        var error = Assert.Throws<DataException>(() => TrainingStep.RequireLabels(loss, new WithoutLabels(["a"])));
        Assert.StartsWith("Labelled learns from labels, and noise picture 0 has none", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => TrainingStep.RequireLabels(loss, new WithoutLabels([])));
        TrainingStep.RequireLabels(loss, new NoiseDataset(4));
        TrainingStep.RequireLabels(new NtXent(), new WithoutLabels([]));
    }

    /// <summary>Keeps the labels it is given.</summary>
    private sealed record Labelled : ContrastiveLoss
    {
        public required List<long> Seen { get; init; }

        public override bool NeedsLabels => true;

        public override double? ChanceLevel(int n) => null;

        protected override void Validate()
        {
        }

        protected override ContrastiveResult Compare(Tensor x, Tensor? labels)
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
