using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Optimization;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Evaluation;

/// <summary>The training of classifiers and the supervised baseline, without a run.</summary>
public sealed class FineTuningLoopTests
{
    private static readonly DataSplits Data = Shapes.Open(60, 16);

    private static readonly SupervisedOptions Settings = new()
    {
        Model = new() { Width = 0.25, ImageSize = 16 },
        Schedule = new()
        {
            Epochs = 2,
            LearningRate = 0.1,
            LearningRateScaling = LearningRateScaling.None,
            WarmupEpochs = 0,
        },
        BatchSize = 20,
        Optimization = new() { Optimizer = OptimizerKind.Sgd, WeightDecay = 5e-4 },
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        Compute = new() { Precision = Precision.Float32 },
    };

    [Fact]
    public void The_first_step_is_that_of_cross_entropy_and_of_Nesterov_at_zero_scores()
    {
        var (images, settings) = (Unbalanced(20), Settings with
        {
            Schedule = Settings.Schedule with { Epochs = 1 },
            Optimization = Settings.Optimization with { WeightDecay = 0 },
        });
        using var network = NewNetwork(settings);
        var figures = Fit(network, settings, images);
        Assert.Equal(Math.Log(10), figures.Loss, 6); // float32: ln 10 to 1e-7
        Assert.Equal(1, figures.Steps);
        // v = g and b <- b - rate (g + 0.9 v), where g = 1/C - n_c/B at equal probabilities.
        var counts = Enumerable.Range(0, 10).Select(c => Enumerable.Range(0, 20).Count(i => images.Label(i) == c));
        var expected = counts.Select(count => -0.1 * 1.9 * (0.1 - count / 20.0)).ToArray();
        var bias = network.Classifier.Single(p => p.Name == "bias").Parameter;
        var actual = bias.detach().data<float>().Select(value => (double)value).ToArray();
        for (var c = 0; c < 10; c++) Assert.Equal(expected[c], actual[c], 6); // float32
    }

    [Fact]
    public void A_runs_settings_reach_training_with_labels()
    {
        var run = new PretrainingOptions
        {
            Model = Settings.Model,
            Views = Settings.Views,
            Optimization = Settings.Optimization,
            Schedule = Settings.Schedule,
            Compute = Settings.Compute,
            BatchSize = Settings.BatchSize,
            Seed = Settings.Seed,
        };
        Assert.Equal(Settings, SupervisedOptions.Of(run).Validated());
        var error = Assert.Throws<SettingsException>(() => (Settings with { Views = null! }).Validated());
        Assert.Equal("Views", error.Setting);
    }

    [Fact]
    public void All_layers_learn()
    {
        // Branches that begin at zero would still hide what is below them after so few steps.
        var settings = Settings with { Model = Settings.Model with { ZeroInitResidual = false } };
        using var network = NewNetwork(settings);
        var before = Values(network);
        Fit(network, settings, Data.Train);
        foreach (var (name, values) in Values(network))
            Assert.True(!values.SequenceEqual(before[name]), $"{name} is as it was");
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd, 0.05)]
    [InlineData(OptimizerKind.Lars, 1.0)] // the classifier itself, which starts at zero, is not adapted
    [InlineData(OptimizerKind.AdamW, 0.002)]
    public void It_learns_its_training_images(OptimizerKind optimizer, double rate)
    {
        using var network = NewNetwork(Settings);
        var settings = Settings with
        {
            Optimization = Settings.Optimization with { Optimizer = optimizer },
            Schedule = Settings.Schedule with { LearningRate = rate, Epochs = 25 },
            Views = Settings.Views with { Transforms = "flip" },
        };
        var figures = Fit(network, settings, Data.Train);
        // Guessing scores ln 10 = 2.30 and 10 %.
        Assert.InRange(figures.Loss, 0, 1.6);
        Assert.InRange(figures.Top1, 0.4, 1);
    }

    [Fact]
    public void Equal_settings_give_equal_weights_whatever_the_number_of_workers_and_another_seed_others()
    {
        Dictionary<string, float[]> Trained(SupervisedOptions settings)
        {
            using var network = NewNetwork(settings);
            Fit(network, settings, Data.Train);
            return Values(network);
        }
        var first = Trained(Settings with { Compute = Settings.Compute with { Workers = 1 } });
        var again = Trained(Settings with { Compute = Settings.Compute with { Workers = 3 } });
        Assert.All(first, pair => Assert.Equal(pair.Value, again[pair.Key]));
        Assert.NotEqual(first["weight"], Trained(Settings with { Seed = 2 })["weight"]);
    }

    [Fact]
    public void Labels_of_the_test_part_change_the_verdict_and_nothing_else()
    {
        var settings = Settings with
        {
            Schedule = Settings.Schedule with { Epochs = 8, LearningRate = 0.05 },
            Views = Settings.Views with { Transforms = "crop,flip" },
        };
        var honest = SupervisedTraining.Run(settings, Data);
        var others = Data with { Test = new OtherLabels(Data.Test, label => (label + 1) % 10) };
        var permuted = SupervisedTraining.Run(settings, others);
        // The permuted labels move every image to another class, so whoever is right in one is wrong in the other.
        Assert.True(honest.Top1 + permuted.Top1 <= 1);
        Assert.NotEqual(honest.Top1, permuted.Top1);
        Assert.Equal(honest with { Top1 = 0, Top5 = 0, Seconds = 0 }, permuted with { Top1 = 0, Top5 = 0, Seconds = 0 });
    }

    [Fact]
    public void The_baseline_uses_the_labels_that_it_is_given_and_says_so()
    {
        var labels = LabelSubset.OfEachClass(Data.Train, 3, seed: 4);
        var result = SupervisedTraining.Run(Settings, Data, labels);
        Assert.Equal(("supervised", 30, 0.5, 100, 10),
            (result.Protocol, result.Labels, result.Fraction, result.TestCount, result.ClassCount));
        Assert.Equal((2, 2L, 20, 0.1), (result.Epochs, result.Steps, result.BatchSize, result.LearningRate));
        Assert.Throws<DataException>(() => SupervisedTraining.Run(Settings, Shapes.Open(70, 16), labels));
    }

    [Fact]
    public void Images_without_a_label_are_not_learned_from_and_not_judged_by()
    {
        IImageDataset Half(IImageDataset part) => new OtherLabels(part, label => label < 5 ? label : -1);
        var half = new DataSplits(Half(Data.Train), Half(Data.Test));
        var result = SupervisedTraining.Run(Settings, half);
        Assert.Equal((30, 50), (result.Labels, result.TestCount));
    }

    [Fact]
    public void Training_can_be_cancelled_between_steps()
    {
        using var stop = new CancellationTokenSource();
        var epochs = 0;
        var progress = new Seen(_ =>
        {
            epochs++;
            stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => SupervisedTraining.Run(Settings, Data, null, progress, stop.Token));
        Assert.Equal(1, epochs);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_told_with_the_learning_rate()
    {
        var error = Assert.Throws<TrainingDivergedException>(
            () => SupervisedTraining.Run(Settings with
            {
                Schedule = Settings.Schedule with { LearningRate = 1e30, Epochs = 3 },
            }, Data));
        Assert.Contains("lower LearningRate than 1E+30", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_in_memory()
    {
        using var network = NewNetwork(Settings);
        TrainAndTest(); // scripts and the like are loaded once
        var before = LiveTensors.Count();
        TrainAndTest();
        Assert.Equal(before, Tensor.TotalCount);

        void TrainAndTest()
        {
            Fit(network, Settings, Data.Train);
            FineTuningTest.Measure(network, Settings, Data.Test, new UnreadableImages(), CancellationToken.None);
        }
    }

    [Fact]
    public void Ranks_count_better_scores_and_equal_ones_that_are_listed_first()
    {
        float[] scores = [1, 3, 3, 2];
        Assert.Equal([3, 0, 1, 2], Enumerable.Range(0, 4).Select(label => FineTuningTest.RankOf(label, scores)));
    }

    private static FineTuningNetwork NewNetwork(SupervisedOptions settings)
    {
        var body = new Backbone(settings.Model.ToResNet(), settings.Model.ToHead(), layer: 0, settings.Seed);
        return new(body, body.Dimension, classes: 10);
    }

    private static ClassifierFigures Fit(FineTuningNetwork network, SupervisedOptions settings, IImageDataset images) =>
        FineTuningLoop.Fit(network, settings, images, new UnreadableImages(), "test", null, CancellationToken.None);

    private static Dictionary<string, float[]> Values(FineTuningNetwork network) =>
        network.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().cpu().data<float>().ToArray());

    private static OtherLabels Unbalanced(int count) =>
        new(Shapes.Open(count, 16).Train, label => label < 3 ? 0 : label);

    private sealed class Seen(Action<FineTuningProgress> see) : IProgress<FineTuningProgress>
    {
        public void Report(FineTuningProgress value) => see(value);
    }

    /// <summary>The images of another dataset with other labels.</summary>
    private sealed class OtherLabels(IImageDataset source, Func<int, int> change) : IImageDataset
    {
        public string Name => source.Name;

        public int Count => source.Count;

        public IReadOnlyList<string> ClassNames => source.ClassNames;

        public string Fingerprint => source.Fingerprint;

        public int Label(int index) => change(source.Label(index));

        public RgbImage Load(int index) => source.Load(index);

        public string Describe(int index) => source.Describe(index);
    }
}
