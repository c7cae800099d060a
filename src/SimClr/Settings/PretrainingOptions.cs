using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SimClr.Optimization;

namespace SimClr.Settings;

/// <summary>
/// Every setting of a pretraining run. The JSON form is flat, with names in snake_case that are those of the command's options
/// and of preset files; <c>RUN/config.json</c> holds the same and can be used again as <c>--config</c>.
/// </summary>
public sealed record PretrainingOptions
{
    /// <summary>The network, and the images that it is used to.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>How images become views.</summary>
    public ViewOptions Views { get; init; } = new();

    /// <summary>The objective that training minimizes.</summary>
    public ObjectiveOptions Objective { get; init; } = new();

    /// <summary>How gradients change the weights.</summary>
    public OptimizationOptions Optimization { get; init; } = new();

    /// <summary>Epochs and learning rate.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>How the weights that the run begins with are treated.</summary>
    public AdaptationOptions Adaptation { get; init; } = new();

    /// <summary>The device, the precision and the threads. Results depend on it by rounding alone.</summary>
    public ComputeOptions Compute { get; init; } = new();

    /// <summary>
    /// Weights to start from: a safetensors file with the same encoder, or a run, whose head is taken too where it is the same.
    /// Empty: the seed's.
    /// </summary>
    public string InitialWeights { get; init; } = "";

    /// <summary>Images N per step; each gives <see cref="ViewOptions.Views"/> views.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Rows (V + K)·N that a step compares, small views included.</summary>
    [JsonIgnore]
    public int ViewsPerStep => Views.All * BatchSize;

    /// <summary>The loss if all views had the same vector; null where the objective has no such level.</summary>
    [JsonIgnore]
    public double? ChanceLoss => Objective.Create().ChanceLevel(BatchSize, Views.All);

    /// <summary>The contrastive accuracy of guessing: a partner among views of other images, 1/((V + K)·(N−1) + 1).</summary>
    [JsonIgnore]
    public double ChanceTop1 => 1 / ((double)Views.All * (BatchSize - 1) + 1);

    /// <summary>
    /// Images of a batch that go through the network together, 2 to <see cref="BatchSize"/>; 0 means all. The objective still
    /// compares the whole batch (gradient caching, Gao et al. 2021, arXiv:2101.06983), in the memory of a micro-batch and about a
    /// third more time; batch norms see a micro-batch at a time.
    /// </summary>
    public int MicroBatch { get; init; }

    /// <summary>
    /// The decay m of an average of the weights over the steps, 0.5 to below 1; 0 means none. After every step
    /// average ← m · average + (1−m) · weights, with a smaller m in the first steps. The finished encoder and head are then the
    /// average, with batch norm statistics that are computed again for it; training itself is the same.
    /// </summary>
    public double Ema { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Whether a linear classifier is trained during pretraining, from h without a gradient into the encoder, to tell how
    /// much of the labels h holds; needs labels and changes nothing else.
    /// </summary>
    public bool OnlineProbe { get; init; }

    /// <summary>Maximum number of training images; 0 means all.</summary>
    public int Limit { get; init; }

    /// <summary>Epochs between checkpoints.</summary>
    public int CheckpointEpochs { get; init; } = 1;

    /// <summary>Minutes after which a checkpoint is made within a long epoch too; 0 means none for the time's sake.</summary>
    public double CheckpointMinutes { get; init; } = 10;

    /// <summary>Steps of the run between checkpoints, besides those of epochs; 0 means none for the steps' sake.</summary>
    public int CheckpointSteps { get; init; }

    /// <summary>The rule for a step whose loss or gradient is not a number.</summary>
    public NonFiniteRule NonFinite { get; init; } = NonFiniteRule.Stop;

    /// <summary>
    /// Epochs between measurements by nearest neighbors, where the data has labels and an observer is given; 0 means none.
    /// Training does not depend on it.
    /// </summary>
    public int KnnEpochs { get; init; }

    /// <summary>The learning rate by step, scaled by half of a step's views.</summary>
    /// <param name="stepsPerEpoch">Steps of one epoch.</param>
    public LearningRateSchedule CreateSchedule(int stepsPerEpoch) => Schedule.Create(stepsPerEpoch, ViewsPerStep / 2.0);

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public PretrainingOptions Validated()
    {
        Require.Part(Model, nameof(Model)).Validated();
        Require.Part(Views, nameof(Views)).Validated();
        Require.Part(Objective, nameof(Objective)).Validated();
        Require.Part(Optimization, nameof(Optimization)).Validated();
        Require.Part(Schedule, nameof(Schedule)).Validated();
        Require.Part(Adaptation, nameof(Adaptation)).Validated();
        Require.Part(Compute, nameof(Compute)).Validated();
        RequireTwoViewsUnlessTaken(nameof(ViewOptions.Views), Views.Views, least: 2);
        RequireTwoViewsUnlessTaken(nameof(ViewOptions.SmallViews), Views.SmallViews, least: 0);
        SettingChoices.NonFinite.Require(NonFinite);
        Require.That(InitialWeights is not null, nameof(InitialWeights), "a file or a run, or empty", "null");
        Require.That(Adaptation.HeadEpochs < Schedule.Epochs, nameof(Adaptation.HeadEpochs),
            $"below {nameof(Schedule.Epochs)} ({Schedule.Epochs})", Adaptation.HeadEpochs, nameof(Schedule.Epochs));
        Require.That(!Adaptation.KeepBetter || InitialWeights != "", nameof(InitialWeights),
            $"a file, a run or an encoder's name where {nameof(Adaptation.KeepBetter)} is true", "nothing",
            nameof(Adaptation.KeepBetter));
        Require.BatchSize(BatchSize);
        Require.That(MicroBatch == 0 || (MicroBatch >= 2 && MicroBatch <= BatchSize), nameof(MicroBatch),
            $"between 2 and {nameof(BatchSize)} ({BatchSize}), or 0 for the whole batch", MicroBatch, nameof(BatchSize));
        Require.That(Ema is 0 or (>= 0.5 and < 1), nameof(Ema), "at least 0.5 and below 1, or 0 for no average", Ema);
        Require.Limit(Limit);
        Require.That(CheckpointEpochs >= 1, nameof(CheckpointEpochs), "at least 1", CheckpointEpochs);
        Require.That(CheckpointMinutes >= 0 && double.IsFinite(CheckpointMinutes), nameof(CheckpointMinutes),
            "at least 0 (0 means never)", CheckpointMinutes);
        Require.That(CheckpointSteps >= 0, nameof(CheckpointSteps), "at least 0 (0 means never)", CheckpointSteps);
        Require.That(KnnEpochs >= 0, nameof(KnnEpochs), "at least 0 (0 means never)", KnnEpochs);
        return this;
    }

    private void RequireTwoViewsUnlessTaken(string setting, int views, int least) =>
        Require.That(views == least || Objective.Create().TakesManyViews, setting,
            $"{least} unless the loss is nt-xent or supcon", $"{views} for {SettingChoices.Loss.WordOf(Objective.Loss)}");

    /// <summary>The defaults, overlaid by each layer in turn (a preset, a file, the command line).</summary>
    /// <param name="layers">Objects whose keys are option names in snake_case; later layers win.</param>
    /// <exception cref="SettingsException">A key is unknown or a value has the wrong type; the message names it.</exception>
    public static PretrainingOptions Compose(params ReadOnlySpan<JsonObject> layers)
    {
        var merged = new PretrainingOptions().ToJson();
        foreach (var layer in layers)
        {
            foreach (var (key, value) in layer)
            {
                if (!merged.ContainsKey(key))
                    throw new SettingsException(
                        $"Unknown setting '{Require.Shortened(key)}'; known are {string.Join(", ", merged.Select(p => p.Key))}.");
                merged[key] = value?.DeepClone();
            }
        }
        try
        {
            return FlatSettings.Read(merged).Validated();
        }
        catch (JsonException e)
        {
            var key = e.Path?[(e.Path.LastIndexOf('.') + 1)..];
            var value = merged[key ?? ""]?.ToJsonString() ?? "null";
            throw new SettingsException($"Setting '{key}' cannot be {Require.Shortened(value)}: it has the wrong type.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new SettingsException("A setting holds half of a surrogate pair, which is not text.", e);
        }
    }

    /// <summary>The JSON form: flat, names in snake_case.</summary>
    /// <exception cref="SettingsException">A value of a fixed set is undefined.</exception>
    public JsonObject ToJson() => FlatSettings.Write(this);
}
