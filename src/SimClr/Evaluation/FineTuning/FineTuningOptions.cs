using SimClr.Optimization;
using SimClr.Settings;

namespace SimClr.Evaluation;

/// <summary>
/// How a classifier is trained on labeled images. A value of null is chosen from the number of labels: fine-tuning is the
/// paper's (Appendix B.5: momentum as Nesterov's, rate 0.05·B/256, cosine decay without warmup, no weight decay, crop and
/// flip alone, 60 epochs for 1 % of the labels and 30 for more); training from scratch has twice that rate, a warmup and
/// weight decay, and steps enough to be a fair comparison.
/// </summary>
public sealed record FineTuningOptions
{
    private const int MinFineTuningSteps = 300, MinStepsFromScratch = 1000;
    private const int SmallestBatch = 16, LargestBatch = 256;

    /// <summary>Passes over the labeled images.</summary>
    public int? Epochs { get; init; }

    /// <summary>Images per step, at most as many as there are labels.</summary>
    public int? BatchSize { get; init; }

    /// <summary>
    /// <c>sgd</c> (with Nesterov's momentum), <c>lars</c>, <c>adamw</c>, or <c>run</c>: the run's, with its learning rate and
    /// scaling, weight decay and share of warmup where these are null here, its momentum and its final learning rate.
    /// </summary>
    public string Optimizer { get; init; } = "sgd";

    /// <summary>Base learning rate; times B/256 unless it is the run's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Weight decay; biases and normalization parameters are exempt.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Epochs of linear warmup before the cosine decay; fractions are allowed.</summary>
    public double? WarmupEpochs { get; init; }

    /// <summary>
    /// The transforms of an image: names in order, with commas between. Null: crop and flip for fine-tuning and for
    /// what it is compared with, otherwise the run's.
    /// </summary>
    public string? Transforms { get; init; }

    /// <summary>The device, the precision and the threads.</summary>
    public ComputeOptions Compute { get; init; } = new();

    /// <summary>Seed of everything random: which labels, initial weights, order, views.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The settings of a training: the run's network, and these options.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isPretrained">Whether the network has learned before.</param>
    /// <param name="labels">Number of labeled images.</param>
    /// <param name="fraction">The share of the dataset's labels that they are.</param>
    /// <exception cref="SettingsException">A value is out of its bounds.</exception>
    internal SupervisedOptions Resolve(PretrainingOptions run, bool isPretrained, int labels, double fraction)
    {
        Require.OneOf(nameof(Optimizer), Optimizer, "sgd", "lars", "adamw", "run");
        var asRun = Optimizer == "run";
        var batch = Math.Min(labels, BatchSize ?? PowerOfTwo(Math.Clamp(labels / 4, SmallestBatch, LargestBatch)));
        var fewest = isPretrained ? MinFineTuningSteps : MinStepsFromScratch;
        // At 1 % of the labels the paper trains twice as long as at 10 %; below some hundred steps nothing is trained at all.
        var usual = isPretrained && fraction <= 0.02 ? 60 : 30;
        var steps = Math.Max(1, labels / Math.Max(1, batch));
        var epochs = Epochs ?? Math.Max(usual, (fewest - 1) / steps + 1);
        var warmup = WarmupEpochs ?? epochs * (asRun ? run.Schedule.WarmupEpochs / run.Schedule.Epochs : isPretrained ? 0 : 0.05);
        return new SupervisedOptions
        {
            Model = run.Model,
            Views = run.Views with { Transforms = Transforms ?? (isPretrained ? "crop,flip" : run.Views.Transforms) },
            Optimization = new()
            {
                Optimizer = asRun ? run.Optimization.Optimizer : SettingChoices.Optimizer.Parse(Optimizer),
                WeightDecay = WeightDecay ?? (asRun ? run.Optimization.WeightDecay : isPretrained ? 0 : 5e-4),
                Momentum = asRun ? run.Optimization.Momentum : 0.9,
                Nesterov = asRun && run.Optimization.Nesterov,
            },
            Schedule = new()
            {
                Epochs = epochs,
                LearningRate = LearningRate ?? (asRun ? run.Schedule.LearningRate : isPretrained ? 0.05 : 0.1),
                LearningRateScaling = asRun ? run.Schedule.LearningRateScaling : LearningRateScaling.Linear,
                WarmupEpochs = warmup,
                FinalLearningRate = asRun ? run.Schedule.FinalLearningRate : 0,
            },
            Compute = Compute,
            BatchSize = batch,
            Seed = Seed,
        }.Validated();
    }

    private static int PowerOfTwo(int atMost) => 1 << int.Log2(atMost);
}
