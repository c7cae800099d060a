using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Cli;

/// <summary>
/// The settings of a run as options: <c>BatchSize</c> is <c>--batch-size</c> here and <c>batch_size</c> in files. Only what the
/// user gave overrides a preset or a file.
/// </summary>
internal sealed class SettingOptions
{
    private const string Model = "Model", Training = "Training", Augmentation = "Augmentation", Machine = "Machine";

    private readonly ValueOption<string?> _preset =
        new("--preset", "NAME", "settings that ship with the program, see below") { Heading = "Settings" };

    private readonly ValueOption<string?> _config =
        new("--config", "FILE", "settings from a JSON file, or from another run's config.json") { Heading = "Settings" };

    private readonly OptionSet<PretrainingOptions> _settings;

    private SettingOptions(Command command, Func<IShownOption, bool> takes)
    {
        command.Options.Add(_preset);
        command.Options.Add(_config);
        _settings = new OptionSet<PretrainingOptions>(command, new()) { Takes = takes }
            .Under(Model)
            .AddChoice(o => o.Model.Encoder, (o, v) => o with { Model = o.Model with { Encoder = v } },
                SettingChoices.Encoder, "resnet18, resnet34, resnet50, resnet101, resnet152 or resnet18-cntk")
            .Add(o => o.Model.Width, (o, v) => o with { Model = o.Model with { Width = v } },
                "FACTOR", "channels of the encoder, 0.25 to 4 times the usual")
            .AddChoice(o => o.Model.Stem, (o, v) => o with { Model = o.Model with { Stem = v } },
                SettingChoices.Stem, "cifar (3x3), imagenet (7x7, pooling) or auto: cifar up to 64 px")
            .AddSwitch(o => o.Model.SelectiveKernels, (o, v) => o with { Model = o.Model with { SelectiveKernels = v } },
                "true: selective kernels as in SimCLR v2, from resnet50 on")
            .AddChoice(o => o.Model.Initialization, (o, v) => o with { Model = o.Model with { Initialization = v } },
                SettingChoices.Initialization, "initial kernels: official or torchvision")
            .AddSwitch(o => o.Model.ZeroInitResidual, (o, v) => o with { Model = o.Model with { ZeroInitResidual = v } },
                "true: residual branches start at zero")
            .Add(o => o.InitialWeights, (o, v) => o with { InitialWeights = v },
                "FILE|RUN", "weights to start from: a safetensors or ONNX file, a run, or imagenet-resnet18")
            .Add(o => o.Adaptation.Freeze, (o, v) => o with { Adaptation = o.Adaptation with { Freeze = v } },
                "N", "parts of the encoder that stay as they are: 1 the stem, 2 to 4 stages too; 0: none")
            .Add(o => o.Adaptation.LayerDecay, (o, v) => o with { Adaptation = o.Adaptation with { LayerDecay = v } },
                "X", "rate of each part below the head as a share of that above it; 1: one rate")
            .Add(o => o.Adaptation.HeadEpochs, (o, v) => o with { Adaptation = o.Adaptation with { HeadEpochs = v } },
                "N", "epochs at the start in which the head learns alone; fractions allowed")
            .AddSwitch(o => o.Adaptation.KeepBetter, (o, v) => o with { Adaptation = o.Adaptation with { KeepBetter = v } },
                "true: where training made the encoder worse, keep the one it began with")
            .AddChoice(o => o.Model.Normalization, (o, v) => o with { Model = o.Model with { Normalization = v } },
                SettingChoices.Normalization, "of pixels: none, imagenet, cifar10 or half")
            .AddChoice(o => o.Model.Head, (o, v) => o with { Model = o.Model with { Head = v } },
                SettingChoices.Head, "projection head: nonlinear, linear or identity")
            .Add(o => o.Model.HeadLayers, (o, v) => o with { Model = o.Model with { HeadLayers = v } },
                "N", "layers of the nonlinear head: 2, 3 (SimCLR v2) or 4")
            .Add(o => o.Model.HiddenDimension, (o, v) => o with { Model = o.Model with { HiddenDimension = v } },
                "D", "length of the head's hidden layers; 0: that of h")
            .Add(o => o.Model.ProjectionDimension, (o, v) => o with { Model = o.Model with { ProjectionDimension = v } },
                "D", "length of z, the vectors that the loss compares")
            .Add(o => o.Model.EvaluationImageSize, (o, v) => o with { Model = o.Model with { EvaluationImageSize = v } },
                "PX", "side of images given to the finished encoder; 0: as the views")
            .Under(Training)
            .Add(o => o.Schedule.Epochs, (o, v) => o with { Schedule = o.Schedule with { Epochs = v } },
                "N", "passes over the images")
            .Add(o => o.BatchSize, (o, v) => o with { BatchSize = v }, "N", "images per step")
            .Add(o => o.Views.Views, (o, v) => o with { Views = o.Views with { Views = v } },
                "V", "views of each image in a step, 2 to 32; more than 2 with nt-xent and supcon")
            .Add(o => o.MicroBatch, (o, v) => o with { MicroBatch = v },
                "N", "images in memory at a time, for a third more time; 0: the whole batch")
            .AddChoice(o => o.Objective.Loss, (o, v) => o with { Objective = o.Objective with { Loss = v } },
                SettingChoices.Loss, "objective: nt-xent, nt-logistic, margin, dcl, dclw or supcon (labels)")
            .Add(o => o.Objective.Temperature, (o, v) => o with { Objective = o.Objective with { Temperature = v } },
                "T", "temperature of the loss, above 0")
            .AddChoice(o => o.Objective.Negatives, (o, v) => o with { Objective = o.Objective with { Negatives = v } },
                SettingChoices.Negatives, "of nt-logistic and margin: all or semi-hard")
            .Add(o => o.Objective.Margin, (o, v) => o with { Objective = o.Objective with { Margin = v } },
                "M", "margin of the loss of that name")
            .AddSwitch(o => o.Objective.NormalizeProjections,
                (o, v) => o with { Objective = o.Objective with { NormalizeProjections = v } },
                "true: compare directions of z; false: dot products")
            .AddChoice(o => o.Optimization.Optimizer, (o, v) => o with { Optimization = o.Optimization with { Optimizer = v } },
                SettingChoices.Optimizer, "lars, sgd or adamw")
            .Add(o => o.Schedule.LearningRate, (o, v) => o with { Schedule = o.Schedule with { LearningRate = v } },
                "RATE", "base learning rate, before scaling by the batch size")
            .AddChoice(o => o.Schedule.LearningRateScaling,
                (o, v) => o with { Schedule = o.Schedule with { LearningRateScaling = v } },
                SettingChoices.LearningRateScaling, "linear (rate x N/256), sqrt (rate x root of N) or none; N is half the views",
                "RULE")
            .Add(o => o.Optimization.WeightDecay, (o, v) => o with { Optimization = o.Optimization with { WeightDecay = v } },
                "X", "weight decay; biases and batch norms are exempt")
            .Add(o => o.Optimization.Momentum, (o, v) => o with { Optimization = o.Optimization with { Momentum = v } },
                "X", "momentum of lars and sgd, 0 up to but not 1")
            .AddSwitch(o => o.Optimization.Nesterov, (o, v) => o with { Optimization = o.Optimization with { Nesterov = v } },
                "true: lars and sgd look ahead along their momentum")
            .Add(o => o.Schedule.WarmupEpochs, (o, v) => o with { Schedule = o.Schedule with { WarmupEpochs = v } },
                "N", "epochs of linear warmup before the cosine; fractions allowed")
            .Add(o => o.Schedule.FinalLearningRate, (o, v) => o with { Schedule = o.Schedule with { FinalLearningRate = v } },
                "SHARE", "where the cosine ends, 0 to 1 times the highest rate")
            .Add(o => o.Ema, (o, v) => o with { Ema = v },
                "M", "decay of an average of the weights, 0.5 up to but not 1, which becomes the encoder; 0: none")
            .Add(o => o.CheckpointEpochs, (o, v) => o with { CheckpointEpochs = v }, "N", "epochs between checkpoints")
            .Add(o => o.CheckpointMinutes, (o, v) => o with { CheckpointMinutes = v },
                "M", "minutes between checkpoints within an epoch; 0: none")
            .Add(o => o.CheckpointSteps, (o, v) => o with { CheckpointSteps = v },
                "N", "steps between checkpoints, besides those; 0: none")
            .AddChoice(o => o.NonFinite, (o, v) => o with { NonFinite = v },
                SettingChoices.NonFinite, "when loss or gradient is not a number: stop, or skip the step", "RULE")
            .AddSwitch(o => o.OnlineProbe, (o, v) => o with { OnlineProbe = v },
                "true: a linear classifier learns beside (labels); never changes the encoder")
            .Add(o => o.KnnEpochs, (o, v) => o with { KnnEpochs = v },
                "N", "epochs between looks at nearest neighbors, if there are labels; 0: none")
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "seed of everything random")
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "use at most N training images; 0 means all")
            .Under(Augmentation)
            .Add(o => o.Model.ImageSize, (o, v) => o with { Model = o.Model with { ImageSize = v } },
                "PX", "side of the views: 32, from one to another (16..32), or by shares (16:0.7,32:0.3)", read: ReadSides)
            .Add(o => o.Views.Transforms, (o, v) => o with { Views = o.Views with { Transforms = v } },
                "LIST", $"what makes a view, in order: {string.Join(", ", TransformNames.All)}; or none")
            .Add(o => o.Views.SecondTransforms, (o, v) => o with { Views = o.Views with { SecondTransforms = v } },
                "LIST", "the same for second views; by default as --transforms")
            .Add(o => o.Views.ColorStrength, (o, v) => o with { Views = o.Views with { ColorStrength = v } },
                "S", "strength of the color distortion, 0 (none) to 2")
            .Add(o => o.Views.Brightness, (o, v) => o with { Views = o.Views with { Brightness = v } },
                "X", "brightness varies by up to X times the strength")
            .Add(o => o.Views.Contrast, (o, v) => o with { Views = o.Views with { Contrast = v } }, "X", "the same for contrast")
            .Add(o => o.Views.Saturation, (o, v) => o with { Views = o.Views with { Saturation = v } },
                "X", "the same for saturation")
            .Add(o => o.Views.Hue, (o, v) => o with { Views = o.Views with { Hue = v } },
                "X", "the hue turns by up to X times the strength, in full turns")
            .Add(o => o.Views.Gray, (o, v) => o with { Views = o.Views with { Gray = v } },
                "P", "probability of losing the color, 0 to 1")
            .Add(o => o.Views.Blur, (o, v) => o with { Views = o.Views with { Blur = v } },
                "P", "probability of Gaussian blur, 0 to 1")
            .Add(o => o.Views.CropScaleMin, (o, v) => o with { Views = o.Views with { CropScaleMin = v } },
                "AREA", "smallest crop as a fraction of the image's area")
            .Add(o => o.Views.CropScaleMax, (o, v) => o with { Views = o.Views with { CropScaleMax = v } },
                "AREA", "largest crop, likewise")
            .AddChoice(o => o.Views.Interpolation, (o, v) => o with { Views = o.Views with { Interpolation = v } },
                SettingChoices.Interpolation, "how crops are resized: bilinear or bicubic", "FILTER")
            .Add(o => o.Views.SmallViews, (o, v) => o with { Views = o.Views with { SmallViews = v } },
                "K", "small views of each image besides the others (multi-crop); nt-xent and supcon")
            .Add(o => o.Views.SmallSize, (o, v) => o with { Views = o.Views with { SmallSize = v } },
                "PX", "side of small views; 0: half of the others'")
            .Add(o => o.Views.SmallScale, (o, v) => o with { Views = o.Views with { SmallScale = v } },
                "A,B", "areas of small views, as --crop-scale-min and --crop-scale-max", read: ReadScales)
            .Under(Machine)
            .AddChoice(o => o.Compute.Precision, (o, v) => o with { Compute = o.Compute with { Precision = v } },
                SettingChoices.Precision, "fp32, bf16 or auto: bf16 where the hardware has it")
            .AddSwitch(o => o.Model.RecomputeBlocks, (o, v) => o with { Model = o.Model with { RecomputeBlocks = v } },
                "true: less memory for a third more time; never changes results")
            .Add(o => o.Compute.Device, (o, v) => o with { Compute = o.Compute with { Device = v } },
                "NAME", $"{MachineOptions.Devices}: a GPU if there is one")
            .Add(o => o.Compute.Threads, (o, v) => o with { Compute = o.Compute with { Threads = v } },
                "N", "threads of one tensor operation; 0 means all cores")
            .Add(o => o.Compute.Workers, (o, v) => o with { Compute = o.Compute with { Workers = v } },
                "N", "threads that decode and augment; 0 chooses; never changes results");
    }

    /// <summary>The presets, for help.</summary>
    public static HelpTopic Presets { get; } =
        new("Presets", () => Preset.Names.Select(name => new HelpRow(name, Preset.Load(name).Expectation)));

    /// <summary>Adds <c>--preset</c>, <c>--config</c> and every setting to a command.</summary>
    public static SettingOptions All(Command command) => new(command, _ => true);

    /// <summary>The same, but for <c>--seed</c>.</summary>
    public static SettingOptions WithoutSeed(Command command) => new(command, option => option.Name != "--seed");

    /// <summary>The same, of settings that change the views.</summary>
    public static SettingOptions OfViews(Command command) =>
        new(command, option => option.Heading == Augmentation || option.Name == "--seed");

    /// <summary>The same, of settings that change the time of a training step.</summary>
    public static SettingOptions OfSteps(Command command) =>
        new(command, option => option.Heading == Training
            ? option.Name is "--batch-size" or "--micro-batch" or "--optimizer" or "--ema"
            : option.Name is not ("--initial-weights" or "--layer-decay" or "--head-epochs" or "--keep-better"));

    /// <summary>Names of the options that the user gave.</summary>
    public IEnumerable<string> Given(ParseResult parsed)
    {
        if (PresetName(parsed) is not null) yield return _preset.Name;
        if (parsed.GetValue(_config) is not null) yield return _config.Name;
        foreach (var name in _settings.Given(parsed)) yield return name;
    }

    /// <summary>
    /// Defaults, then the preset, then the file, then the network of the run to start from, then the command line.
    /// </summary>
    /// <exception cref="SettingsException">A preset, file or value cannot be used.</exception>
    public PretrainingOptions Compose(ParseResult parsed)
    {
        var preset = PresetName(parsed) is { } name ? Preset.Load(name).Settings : [];
        var (file, given) = (FromFile(parsed), FromCommandLine(parsed));
        const string start = "initial_weights";
        var network = StartingRun.SettingsOf((given[start] ?? file[start] ?? preset[start])?.ToString() ?? "");
        return PretrainingOptions.Compose(preset, file, network, given);
    }

    /// <summary>The preset's name, or null.</summary>
    public string? PresetName(ParseResult parsed) => parsed.GetValue(_preset);

    /// <summary>The settings of the file; none without one.</summary>
    /// <exception cref="SettingsException">The file cannot be used.</exception>
    public JsonObject FromFile(ParseResult parsed) => parsed.GetValue(_config) is { } path ? Preset.ReadFile(path) : [];

    /// <summary>The settings that were given one by one.</summary>
    public JsonObject FromCommandLine(ParseResult parsed)
    {
        var all = _settings.Read(parsed).ToJson();
        var keys = _settings.Given(parsed).Select(name => name[2..].Replace('-', '_'));
        return new(keys.Select(key => KeyValuePair.Create(key, all[key]?.DeepClone())));
    }

    private static ImageSizes ReadSides(ArgumentResult result)
    {
        try
        {
            return ImageSizes.Parse(ValueReader.Text(result));
        }
        catch (SettingsException)
        {
            return ValueReader.Wrong<ImageSizes>(result, "a side, two with .. between, or sides with shares that make 1", 0);
        }
    }

    private static ScaleRange ReadScales(ArgumentResult result) => ScaleRange.TryParse(ValueReader.Text(result), out var scales)
        ? scales
        : ValueReader.Wrong<ScaleRange>(result, "two areas with a comma between", default);
}
