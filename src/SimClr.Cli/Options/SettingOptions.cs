using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Pretraining;

namespace SimClr.Cli;

/// <summary>
/// The settings of a run as options, one for each property of <see cref="PretrainingOptions"/>: <c>BatchSize</c> is
/// <c>--batch-size</c> here and <c>batch_size</c> in files. Only what the user gave overrides a preset or a file.
/// </summary>
internal sealed class SettingOptions
{
    private const string Model = "Model", Training = "Training", Augmentation = "Augmentation", Machine = "Machine";

    private static readonly (string Property, string Group, string Value, string Help)[] Table =
    [
        (nameof(PretrainingOptions.Encoder), Model, "NAME", "resnet18, resnet34, resnet50, resnet101 or resnet152"),
        (nameof(PretrainingOptions.Width), Model, "FACTOR", "channels of the encoder, 0.25 to 4 times the usual"),
        (nameof(PretrainingOptions.Stem), Model, "NAME", "cifar (3x3), imagenet (7x7, pooling) or auto: cifar up to 64 px"),
        (nameof(PretrainingOptions.SelectiveKernels), Model, "BOOL", "true: selective kernels as in SimCLR v2, from resnet50 on"),
        (nameof(PretrainingOptions.Initialization), Model, "NAME", "initial kernels: official or torchvision"),
        (nameof(PretrainingOptions.ZeroInitResidual), Model, "BOOL", "true: residual branches start at zero"),
        (nameof(PretrainingOptions.InitialWeights), Model, "FILE|RUN", "weights to start from: a safetensors file or a run"),
        (nameof(PretrainingOptions.Normalization), Model, "NAME", "of pixels: none, imagenet or cifar10"),
        (nameof(PretrainingOptions.Head), Model, "NAME", "projection head: nonlinear, linear or identity"),
        (nameof(PretrainingOptions.HeadLayers), Model, "N", "layers of the nonlinear head: 2, 3 (SimCLR v2) or 4"),
        (nameof(PretrainingOptions.HiddenDimension), Model, "D", "length of the head's hidden layers; 0: that of h"),
        (nameof(PretrainingOptions.ProjectionDimension), Model, "D", "length of z, the vectors that the loss compares"),
        (nameof(PretrainingOptions.EvaluationImageSize), Model, "PX",
            "side of pictures given to the finished encoder; 0: as the views"),
        (nameof(PretrainingOptions.Epochs), Training, "N", "passes over the pictures"),
        (nameof(PretrainingOptions.BatchSize), Training, "N", "pictures per step; each gives two views"),
        (nameof(PretrainingOptions.MicroBatch), Training, "N",
            "pictures in memory at a time, for a third more time; 0: the whole batch"),
        (nameof(PretrainingOptions.Loss), Training, "NAME",
            "objective: nt-xent, nt-logistic, margin, dcl, dclw or supcon (labels)"),
        (nameof(PretrainingOptions.Temperature), Training, "T", "temperature of the loss, above 0"),
        (nameof(PretrainingOptions.Negatives), Training, "NAME", "of nt-logistic and margin: all or semi-hard"),
        (nameof(PretrainingOptions.Margin), Training, "M", "margin of the loss of that name"),
        (nameof(PretrainingOptions.NormalizeProjections), Training, "BOOL", "true: compare directions of z; false: dot products"),
        (nameof(PretrainingOptions.Optimizer), Training, "NAME", "lars, sgd or adamw"),
        (nameof(PretrainingOptions.LearningRate), Training, "RATE", "base learning rate, before scaling by the batch size"),
        (nameof(PretrainingOptions.LearningRateScaling), Training, "RULE",
            "linear (rate x N/256), sqrt (rate x root of N) or none"),
        (nameof(PretrainingOptions.WeightDecay), Training, "X", "weight decay; biases and batch norms are exempt"),
        (nameof(PretrainingOptions.Momentum), Training, "X", "momentum of lars and sgd, 0 up to but not 1"),
        (nameof(PretrainingOptions.WarmupEpochs), Training, "N", "epochs of linear warmup before the cosine; fractions allowed"),
        (nameof(PretrainingOptions.CheckpointEpochs), Training, "N", "epochs between checkpoints"),
        (nameof(PretrainingOptions.CheckpointMinutes), Training, "M", "minutes between checkpoints within an epoch; 0: none"),
        (nameof(PretrainingOptions.CheckpointSteps), Training, "N", "steps between checkpoints, besides those; 0: none"),
        (nameof(PretrainingOptions.NonFinite), Training, "RULE", "when loss or gradient is not a number: stop, or skip the step"),
        (nameof(PretrainingOptions.OnlineProbe), Training, "BOOL",
            "true: a linear classifier learns beside (labels); never changes the encoder"),
        (nameof(PretrainingOptions.KnnEpochs), Training, "N", "epochs between looks at nearest neighbours, if there are labels; 0: none"),
        (nameof(PretrainingOptions.Seed), Training, "N", "seed of everything random"),
        (nameof(PretrainingOptions.Limit), Training, "N", "use at most N training pictures; 0 means all"),
        (nameof(PretrainingOptions.ImageSize), Augmentation, "PX", "side of the views in pixels"),
        (nameof(PretrainingOptions.Transforms), Augmentation, "LIST",
            $"what makes a view, in order: {string.Join(", ", TransformNames.All)}; or none"),
        (nameof(PretrainingOptions.SecondTransforms), Augmentation, "LIST", "the same for second views; by default as --transforms"),
        (nameof(PretrainingOptions.ColorStrength), Augmentation, "S", "strength of the colour distortion, 0 (none) to 2"),
        (nameof(PretrainingOptions.Gray), Augmentation, "P", "probability of losing the colour, 0 to 1"),
        (nameof(PretrainingOptions.Blur), Augmentation, "P", "probability of Gaussian blur, 0 to 1"),
        (nameof(PretrainingOptions.CropScaleMin), Augmentation, "AREA", "smallest crop as a fraction of the picture's area"),
        (nameof(PretrainingOptions.Precision), Machine, "NAME", "fp32, bf16 or auto: bf16 where the hardware has it"),
        (nameof(PretrainingOptions.RecomputeBlocks), Machine, "BOOL",
            "true: less memory for a third more time; never changes results"),
        (nameof(PretrainingOptions.Device), Machine, "NAME", "cpu, cuda, cuda:N or auto: a GPU if there is one"),
        (nameof(PretrainingOptions.Threads), Machine, "N", "threads of one tensor operation; 0 means all cores"),
        (nameof(PretrainingOptions.Workers), Machine, "N", "threads that decode and augment; 0 chooses; never changes results"),
    ];

    /// <summary>What changes the views, for <c>preview</c>.</summary>
    public static readonly string[] OfViews =
        [.. Table.Where(row => row.Group == Augmentation).Select(row => row.Property), nameof(PretrainingOptions.Seed)];

    /// <summary>What changes the time of a training step.</summary>
    public static readonly string[] OfSteps =
        [.. Table.Where(row => row.Group != Training && row.Property != nameof(PretrainingOptions.InitialWeights)).Select(row => row.Property),
            nameof(PretrainingOptions.BatchSize), nameof(PretrainingOptions.MicroBatch), nameof(PretrainingOptions.Optimizer)];

    /// <summary>Every setting.</summary>
    public static readonly string[] All = [.. Table.Select(row => row.Property)];

    private readonly List<(PropertyInfo Property, ValueOption Option)> _options = [];

    private readonly ValueOption _preset =
        new("--preset", "NAME", "settings that ship with the program, see below") { Group = "Settings" };

    private readonly ValueOption _config =
        new("--config", "FILE", "settings from a JSON file, or from another run's config.json") { Group = "Settings" };

    /// <summary>Adds <c>--preset</c>, <c>--config</c> and the options of some properties to a command.</summary>
    public SettingOptions(Command command, IEnumerable<string> properties)
    {
        command.Options.Add(_preset);
        command.Options.Add(_config);
        var defaults = new PretrainingOptions();
        var wanted = properties.ToHashSet();
        foreach (var (name, group, value, help) in Table.Where(row => wanted.Contains(row.Property)))
        {
            var property = typeof(PretrainingOptions).GetProperty(name)!;
            var text = property.GetValue(defaults) is bool flagged
                ? JsonValue.Create(flagged).ToString()
                : Convert.ToString(property.GetValue(defaults), CultureInfo.InvariantCulture);
            var flag = "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(name);
            var option = new ValueOption(flag, value, help) { Group = group, Default = text is "" ? null : text };
            _options.Add((property, option));
            command.Options.Add(option);
        }
    }

    /// <summary>Names of the options that the user gave.</summary>
    public IEnumerable<string> Given(ParseResult parsed) =>
        from option in new[] { _preset, _config }.Concat(_options.Select(o => o.Option))
        where option.Text(parsed) is not null
        select option.Name;

    /// <summary>Defaults, then the preset, then the file, then the command line.</summary>
    /// <exception cref="UsageException">A value is not of its kind.</exception>
    /// <exception cref="SettingsException">A preset, file or value cannot be used.</exception>
    public PretrainingOptions Compose(ParseResult parsed)
    {
        var preset = PresetName(parsed) is { } name ? Preset.Load(name).Settings : [];
        return PretrainingOptions.Compose(preset, FromFile(parsed), FromCommandLine(parsed));
    }

    /// <summary>The preset's name, or null.</summary>
    public string? PresetName(ParseResult parsed) => _preset.Text(parsed);

    /// <summary>The settings of the file; none without one.</summary>
    /// <exception cref="SettingsException">The file cannot be used.</exception>
    public JsonObject FromFile(ParseResult parsed) => _config.Text(parsed) is { } path ? Preset.ReadFile(path) : [];

    /// <summary>The settings that were given one by one.</summary>
    /// <exception cref="UsageException">A value is not of its kind.</exception>
    public JsonObject FromCommandLine(ParseResult parsed)
    {
        var given = new JsonObject();
        foreach (var (property, option) in _options)
        {
            var key = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (option.Text(parsed) is { } text) given[key] = Value(option.Name, property.PropertyType, text);
        }
        return given;
    }

    private static JsonValue Value(string option, Type type, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(string)) return JsonValue.Create(text);
        if (type == typeof(bool))
            return text is "true" or "false"
                ? JsonValue.Create(text == "true")
                : throw new UsageException($"{option} must be true or false, not '{text}'");
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole))
            return JsonValue.Create(whole);
        if (type == typeof(ulong) && ulong.TryParse(text, NumberStyles.None, culture, out var seed))
            return JsonValue.Create(seed);
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, culture, out var real) && double.IsFinite(real))
            return JsonValue.Create(real);
        throw new UsageException($"{option} must be {(type == typeof(double) ? "a number" : "a whole number")}, not '{text}'");
    }
}
