using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace SimClr.Settings;

/// <summary>
/// Every setting of a pretraining run. The names of the JSON form (snake_case) are those of the command's options and of
/// preset files; <c>RUN/config.json</c> holds the same and can be used again as <c>--config</c>.
/// </summary>
public sealed record PretrainingOptions
{
    /// <summary>Encoder: <c>resnet18</c>, <c>resnet34</c>, <c>resnet50</c>, <c>resnet101</c> or <c>resnet152</c>.</summary>
    public string Encoder { get; init; } = "resnet18";

    /// <summary>Width multiplier of the encoder's channels, 0.25 to 4.</summary>
    public double Width { get; init; } = 1;

    /// <summary>
    /// <c>cifar</c> (3×3, stride 1, no pooling), <c>imagenet</c> (7×7, stride 2, pooling) or <c>auto</c>: cifar up to 64 px.
    /// </summary>
    public string Stem { get; init; } = "auto";

    /// <summary>
    /// Weights to start from: a safetensors file with the same encoder, or a run, whose head is taken too where it is the same.
    /// Empty: the seed's.
    /// </summary>
    public string InitialWeights { get; init; } = "";

    /// <summary>
    /// How pixels in [0, 1] are given to the encoder: <c>none</c> (as they are, like the official code), or with the mean and
    /// standard deviation of <c>imagenet</c> or <c>cifar10</c>.
    /// </summary>
    public string Normalization { get; init; } = "none";

    /// <summary>
    /// Whether the encoder has selective kernels as in SimCLR v2; for <c>resnet50</c>, <c>resnet101</c> and <c>resnet152</c>.
    /// </summary>
    public bool SelectiveKernels { get; init; }

    /// <summary>Initial convolution kernels: <c>official</c> (SimCLR's own code) or <c>torchvision</c>.</summary>
    public string Initialization { get; init; } = "official";

    /// <summary>Whether residual branches start at zero, so that blocks begin as identities; the official code does so.</summary>
    public bool ZeroInitResidual { get; init; } = true;

    /// <summary>
    /// Whether residual blocks are computed a second time in the backward pass instead of being kept: less memory for about a
    /// third more time, and the same results.
    /// </summary>
    public bool RecomputeBlocks { get; init; }

    /// <summary>Projection head: <c>nonlinear</c> (the paper's), <c>linear</c> or <c>identity</c>.</summary>
    public string Head { get; init; } = "nonlinear";

    /// <summary>Layers of the nonlinear head, 2 to 4: two in the paper, three in SimCLR v2.</summary>
    public int HeadLayers { get; init; } = 2;

    /// <summary>Dimension of the nonlinear head's hidden layers; 0 means that of h.</summary>
    public int HiddenDimension { get; init; }

    /// <summary>Dimension of z, the head's output.</summary>
    public int ProjectionDimension { get; init; } = 128;

    /// <summary>Side S of the square views in pixels.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>
    /// Side at which pictures are given to the finished encoder, in pixels; 0 means <see cref="ImageSize"/>. Random crops show
    /// things enlarged, so a larger side than in training suits the features (Touvron et al. 2019, arXiv:1906.06423).
    /// </summary>
    public int EvaluationImageSize { get; init; }

    /// <summary>Passes over the training pictures.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Images N per step; each gives two views.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>
    /// Pictures of a batch that go through the network together, 2 to <see cref="BatchSize"/>; 0 means all. The objective still
    /// compares the whole batch (gradient caching, Gao et al. 2021, arXiv:2101.06983), in the memory of a micro-batch and about a
    /// third more time; batch norms see a micro-batch at a time.
    /// </summary>
    public int MicroBatch { get; init; }

    /// <summary>
    /// Objective: <c>nt-xent</c> (the paper's choice), <c>nt-logistic</c>, <c>margin</c>, <c>dcl</c>, <c>dclw</c> or
    /// <c>supcon</c>, which needs labels.
    /// </summary>
    public string Loss { get; init; } = "nt-xent";

    /// <summary>Temperature τ of the objective; <c>margin</c> has none.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>Negatives that <c>nt-logistic</c> and <c>margin</c> look at: <c>all</c> or <c>semi-hard</c>.</summary>
    public string Negatives { get; init; } = "all";

    /// <summary>Margin m of the objective <c>margin</c>.</summary>
    public double Margin { get; init; } = 0.4;

    /// <summary>Whether the objective compares directions (cosines) instead of dot products of z.</summary>
    public bool NormalizeProjections { get; init; } = true;

    /// <summary><c>lars</c> (the paper's), <c>sgd</c> or <c>adamw</c>.</summary>
    public string Optimizer { get; init; } = "lars";

    /// <summary>Base learning rate, before scaling by the batch size.</summary>
    public double LearningRate { get; init; } = 0.3;

    /// <summary><c>linear</c> (rate·N/256), <c>sqrt</c> (rate·√N; the paper uses 0.075) or <c>none</c>.</summary>
    public string LearningRateScaling { get; init; } = "linear";

    /// <summary>Weight decay; biases and normalisation parameters are exempt.</summary>
    public double WeightDecay { get; init; } = 1e-6;

    /// <summary>Momentum of LARS and SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Epochs of linear warmup before the cosine decay; fractions are allowed.</summary>
    public double WarmupEpochs { get; init; } = 10;

    /// <summary>
    /// The transforms that make a view of an image: names in order, with commas between. The default is the paper's
    /// policy; leaving a name out turns that part off. Without <c>crop</c> a view shows the largest central square, and with
    /// <c>none</c> nothing else is done.
    /// </summary>
    public string Transforms { get; init; } = "crop,flip,color,gray,blur";

    /// <summary>
    /// Transforms of the second view of each picture, where they differ from the first's (Figure 5); else empty.
    /// </summary>
    public string SecondTransforms { get; init; } = "";

    /// <summary>Strength s of the colour distortion (paper, Appendix A); 0 turns jitter and grey off.</summary>
    public double ColorStrength { get; init; } = 1;

    /// <summary>Probability that a view loses its colour, 0 to 1.</summary>
    public double Gray { get; init; } = 0.2;

    /// <summary>Probability of the Gaussian blur, 0 to 1; 0 turns it off (as the paper does for CIFAR-10).</summary>
    public double Blur { get; init; } = 0.5;

    /// <summary>Smallest area of a random crop as a fraction of the picture's.</summary>
    public double CropScaleMin { get; init; } = 0.08;

    /// <summary>Arithmetic of convolutions: <c>auto</c>, <c>fp32</c> or <c>bf16</c>.</summary>
    public string Precision { get; init; } = "auto";

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads of one tensor operation; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that decode and augment; 0 chooses from the cores. Results do not depend on it.</summary>
    public int Workers { get; init; }

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

    /// <summary>
    /// The reaction to a step whose loss or gradient is not a number: <c>stop</c> ends the run, <c>skip</c> leaves the step out
    /// (on a GPU, every step is then waited for), and ends it after ten in a row.
    /// </summary>
    public string NonFinite { get; init; } = "stop";

    /// <summary>
    /// Epochs between measurements by nearest neighbours, where the data has labels and an observer is given; 0 means none.
    /// Training does not depend on it.
    /// </summary>
    public int KnnEpochs { get; init; }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public PretrainingOptions Validated()
    {
        Require.OneOf(nameof(Encoder), Encoder, "resnet18", "resnet34", "resnet50", "resnet101", "resnet152");
        Require.OneOf(nameof(Stem), Stem, "auto", "cifar", "imagenet");
        Require.OneOf(nameof(Normalization), Normalization, "none", "imagenet", "cifar10");
        Require.That(InitialWeights is not null, nameof(InitialWeights), "a file or a run, or empty", "null");
        Require.OneOf(nameof(Head), Head, "nonlinear", "linear", "identity");
        Require.OneOf(nameof(Initialization), Initialization, "official", "torchvision");
        Require.OneOf(nameof(Loss), Loss, "nt-xent", "nt-logistic", "margin", "dcl", "dclw", "supcon");
        Require.OneOf(nameof(Negatives), Negatives, "all", "semi-hard");
        Require.OneOf(nameof(Optimizer), Optimizer, "lars", "sgd", "adamw");
        Require.OneOf(nameof(LearningRateScaling), LearningRateScaling, "linear", "sqrt", "none");
        Require.OneOf(nameof(NonFinite), NonFinite, "stop", "skip");
        Require.OneOf(nameof(Precision), Precision, "auto", "fp32", "bf16");
        Require.That(Width is >= 0.25 and <= 4, nameof(Width), "between 0.25 and 4", Width);
        Require.That(!SelectiveKernels || Encoder is not ("resnet18" or "resnet34"), nameof(SelectiveKernels),
            "false unless the encoder is resnet50, resnet101 or resnet152", $"true for {Encoder}");
        Require.That(HeadLayers is >= 2 and <= 4, nameof(HeadLayers), "between 2 and 4", HeadLayers);
        Require.That(HiddenDimension is >= 0 and <= 65536, nameof(HiddenDimension),
            "between 1 and 65536, or 0 for that of h", HiddenDimension);
        Require.That(ProjectionDimension is >= 1 and <= 65536, nameof(ProjectionDimension),
            "between 1 and 65536", ProjectionDimension);
        Require.That(ImageSize is >= 8 and <= 2048, nameof(ImageSize), "between 8 and 2048", ImageSize);
        Require.That(EvaluationImageSize is 0 or (>= 8 and <= 2048), nameof(EvaluationImageSize),
            "between 8 and 2048, or 0 for the image size", EvaluationImageSize);
        Require.That(Epochs >= 1, nameof(Epochs), "at least 1", Epochs);
        Require.That(BatchSize >= 2, nameof(BatchSize),
            "at least 2, since the loss compares pictures with each other", BatchSize);
        Require.That(MicroBatch == 0 || (MicroBatch >= 2 && MicroBatch <= BatchSize), nameof(MicroBatch),
            $"between 2 and {nameof(BatchSize)} ({BatchSize}), or 0 for the whole batch", MicroBatch, nameof(BatchSize));
        Require.That(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), "above 0", Temperature);
        Require.That(Negatives == "all" || Loss is "nt-logistic" or "margin", nameof(Negatives),
            "all unless the loss is nt-logistic or margin", $"{Negatives} for {Loss}");
        Require.That(Margin >= 0 && double.IsFinite(Margin), nameof(Margin), "at least 0", Margin);
        Require.That(Margin > 0 || Loss != "margin" || Negatives == "all", nameof(Margin),
            "above 0 with semi-hard negatives", Margin);
        Require.That(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), "above 0", LearningRate);
        Require.That(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), "at least 0", WeightDecay);
        Require.That(Momentum is >= 0 and < 1, nameof(Momentum), "at least 0 and below 1", Momentum);
        Require.That(WarmupEpochs >= 0 && double.IsFinite(WarmupEpochs), nameof(WarmupEpochs), "at least 0", WarmupEpochs);
        Require.That(WarmupEpochs <= Epochs, nameof(WarmupEpochs),
            $"at most {nameof(Epochs)} ({Epochs})", WarmupEpochs, nameof(Epochs));
        Require.That(ColorStrength is >= 0 and <= 2, nameof(ColorStrength), "between 0 and 2", ColorStrength);
        TransformNames.Validate(nameof(Transforms), Transforms);
        if (SecondTransforms != "") TransformNames.Validate(nameof(SecondTransforms), SecondTransforms);
        Require.That(Gray is >= 0 and <= 1, nameof(Gray), "a probability between 0 and 1", Gray);
        Require.That(Blur is >= 0 and <= 1, nameof(Blur), "a probability between 0 and 1", Blur);
        Require.That(CropScaleMin is > 0 and <= 1, nameof(CropScaleMin), "above 0 and at most 1", CropScaleMin);
        Require.Threads(Threads);
        Require.Workers(Workers);
        Require.Limit(Limit);
        Require.That(CheckpointEpochs >= 1, nameof(CheckpointEpochs), "at least 1", CheckpointEpochs);
        Require.That(CheckpointMinutes >= 0 && double.IsFinite(CheckpointMinutes), nameof(CheckpointMinutes),
            "at least 0 (0 means never)", CheckpointMinutes);
        Require.That(CheckpointSteps >= 0, nameof(CheckpointSteps), "at least 0 (0 means never)", CheckpointSteps);
        Require.That(KnnEpochs >= 0, nameof(KnnEpochs), "at least 0 (0 means never)", KnnEpochs);
        return this;
    }

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
            return merged.Deserialize<PretrainingOptions>(Json)!.Validated();
        }
        catch (JsonException e)
        {
            var key = e.Path?.TrimStart('$', '.');
            var value = merged[key ?? ""]?.ToJsonString() ?? "null";
            throw new SettingsException($"Setting '{key}' cannot be {Require.Shortened(value)}: it has the wrong type.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new SettingsException("A setting holds half of a surrogate pair, which is not text.", e);
        }
    }

    /// <summary>The JSON form, snake_case.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Json)!.AsObject();
}
