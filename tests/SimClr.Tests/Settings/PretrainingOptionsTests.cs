using System.Text.Json.Nodes;
using SimClr.Augmentation;
using SimClr.Losses;
using SimClr.Optimization;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Settings;

public sealed class PretrainingOptionsTests
{
    [Theory]
    [InlineData("temperature", "0", "Temperature must be above 0, not 0.")]
    [InlineData("temperature", "-1", "Temperature must be above 0, not -1.")]
    [InlineData("batch_size", "1", "BatchSize must be at least 2, since the loss compares images with each other, not 1.")]
    [InlineData("micro_batch", "1", "MicroBatch must be between 2 and BatchSize (256), or 0 for the whole batch, not 1.")]
    [InlineData("micro_batch", "-2", "MicroBatch must be between 2 and BatchSize (256), or 0 for the whole batch, not -2.")]
    [InlineData("micro_batch", "257", "MicroBatch must be between 2 and BatchSize (256), or 0 for the whole batch, not 257.")]
    [InlineData("width", "9", "Width must be between 0.25 and 4, not 9.")]
    [InlineData("epochs", "0", "Epochs must be at least 1, not 0.")]
    [InlineData("encoder", "\"vgg\"",
        "Encoder must be one of resnet18, resnet34, resnet50, resnet101, resnet152, resnet18-cntk, not 'vgg'.")]
    [InlineData("blur", "1.5", "Blur must be a probability between 0 and 1, not 1.5.")]
    [InlineData("epochs", "5", "WarmupEpochs must be at most Epochs (5), not 10.")]
    [InlineData("selective_kernels", "true",
        "SelectiveKernels must be false unless the encoder is resnet50, resnet101 or resnet152, not true for resnet18.")]
    [InlineData("initialization", "\"xavier\"", "Initialization must be one of official, torchvision, not 'xavier'.")]
    [InlineData("loss", "\"ntxent\"", "Loss must be one of nt-xent, nt-logistic, margin, dcl, dclw, supcon, not 'ntxent'.")]
    [InlineData("negatives", "\"hard\"", "Negatives must be one of all, semi-hard, not 'hard'.")]
    [InlineData("negatives", "\"semi-hard\"",
        "Negatives must be all unless the loss is nt-logistic or margin, not semi-hard for nt-xent.")]
    [InlineData("views", "1", "Views must be between 2 and 32, not 1.")]
    [InlineData("views", "33", "Views must be between 2 and 32, not 33.")]
    [InlineData("image_size", "7", "ImageSize must be between 8 and 2048, not 7.")]
    [InlineData("image_size", "\"16..4000\"", "ImageSize must be between 8 and 2048, not 3004.")]
    [InlineData("image_size", "\"16:0.5,32:0.4\"", "ImageSize must be a side (32), a way from one to another (16..32) or sides "
        + "with shares of the run that add up to 1 (16:0.7,32:0.3), not 16:0.5,32:0.4.")]
    [InlineData("image_size", "16.5", "Setting 'image_size' cannot be 16.5: it has the wrong type.")]
    [InlineData("crop_scale_max", "0.05", "CropScaleMax must be between CropScaleMin (0.08) and 1, not 0.05.")]
    [InlineData("interpolation", "\"lanczos\"", "Interpolation must be one of bilinear, bicubic, not 'lanczos'.")]
    [InlineData("saturation", "-1", "Saturation must be between 0 and 10, not -1.")]
    [InlineData("hue", "0.6", "Hue must be at least 0, and with ColorStrength 1 at most half a turn, not 0.6.")]
    [InlineData("small_views", "33", "SmallViews must be between 0 and 32, not 33.")]
    [InlineData("small_size", "4", "SmallSize must be between 8 and 2048, or 0 for half of the views' side, not 4.")]
    [InlineData("small_scale", "\"0.5,0.2\"",
        "SmallScale must be two areas above 0 and at most 1, the smaller first, not 0.5,0.2.")]
    [InlineData("small_scale", "\"0.5\"", "Setting 'small_scale' cannot be \"0.5\": it has the wrong type.")]
    [InlineData("margin", "-0.1", "Margin must be at least 0, not -0.1.")]
    [InlineData("head_layers", "5", "HeadLayers must be between 2 and 4, not 5.")]
    [InlineData("hidden_dimension", "-1", "HiddenDimension must be between 1 and 65536, or 0 for that of h, not -1.")]
    [InlineData("momentum", "1", "Momentum must be at least 0 and below 1, not 1.")]
    [InlineData("freeze", "5", "Freeze must be between 0 (none) and 4 (the stem and three stages), not 5.")]
    [InlineData("layer_decay", "0", "LayerDecay must be above 0 and at most 1 (one rate for all), not 0.")]
    [InlineData("layer_decay", "1.5", "LayerDecay must be above 0 and at most 1 (one rate for all), not 1.5.")]
    [InlineData("head_epochs", "-1", "HeadEpochs must be at least 0, not -1.")]
    [InlineData("head_epochs", "100", "HeadEpochs must be below Epochs (100), not 100.")]
    [InlineData("keep_better", "true",
        "InitialWeights must be a file, a run or an encoder's name where KeepBetter is true, not nothing.")]
    [InlineData("ema", "0.3", "Ema must be at least 0.5 and below 1, or 0 for no average, not 0.3.")]
    [InlineData("ema", "1", "Ema must be at least 0.5 and below 1, or 0 for no average, not 1.")]
    [InlineData("ema", "-0.9", "Ema must be at least 0.5 and below 1, or 0 for no average, not -0.9.")]
    [InlineData("final_learning_rate", "-0.1",
        "FinalLearningRate must be between 0 and 1, a share of the highest learning rate, not -0.1.")]
    [InlineData("final_learning_rate", "1.5",
        "FinalLearningRate must be between 0 and 1, a share of the highest learning rate, not 1.5.")]
    [InlineData("epochs", "\"ten\"", "Setting 'epochs' cannot be \"ten\": it has the wrong type.")]
    [InlineData("encoder", "null", "Setting 'encoder' cannot be null: it has the wrong type.")]
    [InlineData("transforms", "null", "Setting 'transforms' cannot be null: it has the wrong type.")]
    [InlineData("stem", "\"x\"", "Stem must be one of auto, cifar, imagenet, not 'x'.")]
    public void A_value_out_of_bounds_is_named_with_its_bound(string key, string value, string message)
    {
        var error = Assert.Throws<SettingsException>(() => PretrainingOptions.Compose(new JsonObject
        {
            [key] = JsonNode.Parse(value),
        }));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Not_a_number_is_rejected_everywhere()
    {
        var options = new PretrainingOptions();
        Assert.Throws<SettingsException>(() => (options.Objective with { Temperature = double.NaN }).Validated());
        Assert.Throws<SettingsException>(() => (options.Model with { Width = double.NaN }).Validated());
        Assert.Throws<SettingsException>(() => (options.Schedule with { LearningRate = double.NaN }).Validated());
        Assert.Throws<SettingsException>(() => (options.Optimization with { WeightDecay = double.NaN }).Validated());
        Assert.Throws<SettingsException>(() => (options.Schedule with { WarmupEpochs = double.NaN }).Validated());
        Assert.Throws<SettingsException>(() => (options with { Ema = double.NaN }).Validated());
        Assert.Throws<SettingsException>(() => (options.Schedule with { FinalLearningRate = double.NaN }).Validated());
        Assert.Throws<SettingsException>(() => (options.Views with { Blur = double.NaN }).Validated());
    }

    [Fact]
    public void An_unknown_key_is_named_with_the_known_ones()
    {
        var error = Assert.Throws<SettingsException>(() => PretrainingOptions.Compose(new JsonObject { ["learnig_rate"] = 1 }));
        Assert.StartsWith("Unknown setting 'learnig_rate'; known are encoder, width,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Later_layers_win_and_the_json_form_comes_back_equal()
    {
        var options = PretrainingOptions.Compose(
            new JsonObject { ["epochs"] = 5, ["width"] = 0.5, ["warmup_epochs"] = 1 }, new JsonObject { ["epochs"] = 7 });
        Assert.Equal((7, 0.5, 256), (options.Schedule.Epochs, options.Model.Width, options.BatchSize));
        Assert.Equal(options, PretrainingOptions.Compose(options.ToJson()));
    }

    [Fact]
    public void Every_preset_is_valid_and_says_what_to_expect()
    {
        Assert.Equal(["adapt", "aerial", "cifar10-cpu", "cifar10-paper", "cifar10-two-views", "folder", "imagenet-paper",
            "microscopy", "products", "shapes-quick", "textures"], Preset.Names);
        foreach (var name in Preset.Names)
        {
            var preset = Preset.Load(name);
            Assert.True(preset.Expectation.Length > 40, $"{name} says too little: '{preset.Expectation}'");
            PretrainingOptions.Compose(preset.Settings);
        }
        var error = Assert.Throws<SettingsException>(() => Preset.Load("cifar"));
        Assert.StartsWith("Unknown preset 'cifar'; there are adapt,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_settings_file_may_hold_comments_and_a_runs_own_section()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("my.json", "// mine\n{ \"epochs\": 3, \"warmup_epochs\": 1, \"run\": { \"data\": \"x\" }, }"u8);
        Assert.Equal(3, PretrainingOptions.Compose(Preset.ReadFile(path)).Schedule.Epochs);
        var broken = folder.Write("broken.json", "{ \"epochs\": "u8);
        Assert.StartsWith($"{broken} is not valid JSON:", Assert.Throws<SettingsException>(() => Preset.ReadFile(broken)).Message,
            StringComparison.Ordinal);
        var list = folder.Write("list.json", "[1]"u8);
        Assert.Equal($"{list} must hold one JSON object.", Assert.Throws<SettingsException>(() => Preset.ReadFile(list)).Message);
        Assert.Throws<SettingsException>(() => Preset.ReadFile(folder.At("absent.json")));
    }

    [Fact]
    public void The_papers_preset_has_the_papers_learning_rate_and_warmup()
    {
        var options = PretrainingOptions.Compose(Preset.Load("imagenet-paper").Settings);
        var schedule = options.Schedule.Create(stepsPerEpoch: 312, options.BatchSize);
        Assert.Equal(4.8, schedule.Peak, 12); // 0.3 · 4096/256, Section 2.2
        Assert.Equal((3120, 31200), (schedule.WarmupSteps, schedule.TotalSteps));
        Assert.Equal(OptimizerKind.Lars, options.Optimization.ToOptimizer().Kind);
        var (first, second) = options.Views.CreatePolicies(options.Model);
        Assert.Same(first, second);
        var paper = AugmentationPolicy.Paper(224);
        Assert.Equal((224, paper.Crop), (first.ImageSize, first.Crop));
        Assert.Equal(paper.Transforms.Select(Spelled), first.Transforms);

        static Transform Spelled(Transform transform) => transform is ColorJitter jitter
            ? jitter with { Brightness = 0.8, Contrast = 0.8, Saturation = 0.8, Hue = 0.2 } // as it is with strength 1
            : transform;
    }

    [Fact]
    public void An_exception_tells_the_setting_at_fault_and_those_that_its_message_names()
    {
        var error = Assert.Throws<SettingsException>(() => new PretrainingOptions { BatchSize = 8, MicroBatch = 9 }.Validated());
        Assert.Equal("MicroBatch", error.Setting);
        Assert.Equal(["MicroBatch", "BatchSize"], error.Named);
        Assert.Null(error.File);
    }

    [Fact]
    public void Nesterov_is_refused_where_there_is_no_momentum_to_look_ahead_along()
    {
        var adamW = Assert.Throws<SettingsException>(() =>
            new OptimizationOptions { Optimizer = OptimizerKind.AdamW, Nesterov = true }.Validated());
        Assert.Equal("Nesterov must be false where Optimizer is adamw, not true.", adamW.Message);
        Assert.Equal(["Nesterov", "Optimizer"], adamW.Named);
        var still = Assert.Throws<SettingsException>(() => new OptimizationOptions { Momentum = 0, Nesterov = true }.Validated());
        Assert.Equal("Nesterov must be false where Momentum is 0, not true.", still.Message);
        Assert.Equal(["Nesterov", "Momentum"], still.Named);
    }

    [Theory]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.Sgd)]
    public void Nesterov_and_the_final_learning_rate_reach_optimizer_and_schedule(OptimizerKind kind)
    {
        var options = new PretrainingOptions
        {
            Optimization = new() { Optimizer = kind, Nesterov = true },
            Schedule = new() { FinalLearningRate = 0.25 },
        };
        Assert.True(options.Validated().Optimization.ToOptimizer().Nesterov);
        Assert.False(new OptimizationOptions { Optimizer = kind }.ToOptimizer().Nesterov);
        var schedule = options.CreateSchedule(stepsPerEpoch: 10);
        Assert.Equal(0.25 * schedule.Peak, schedule.At(1000), 1e-15);
        Assert.Equal(0, new PretrainingOptions().CreateSchedule(stepsPerEpoch: 10).At(1000));
    }

    [Fact]
    public void Only_some_objectives_take_more_than_two_views()
    {
        var many = new PretrainingOptions { Views = new() { Views = 4 } };
        Assert.Same(many, many.Validated());
        var error = Assert.Throws<SettingsException>(() =>
            (many with { Objective = new() { Loss = ObjectiveKind.Decoupled } }).Validated());
        Assert.Equal("Views must be 2 unless the loss is nt-xent or supcon, not 4 for dcl.", error.Message);
        Assert.Equal("Views", error.Setting);
    }

    [Fact]
    public void Equally_many_rows_have_one_learning_rate_and_chance_counts_every_view()
    {
        var pairs = new PretrainingOptions { BatchSize = 256 };
        var many = new PretrainingOptions { BatchSize = 64, Views = new() { Views = 8 } };
        Assert.Equal((512, 512), (pairs.ViewsPerStep, many.ViewsPerStep));
        Assert.Equal(pairs.CreateSchedule(10).Peak, many.CreateSchedule(10).Peak);
        Assert.Equal(pairs.ChanceLoss, many.ChanceLoss);
        Assert.Equal((1 / 511.0, 1 / 505.0), (pairs.ChanceTop1, many.ChanceTop1));
    }

    [Fact]
    public void A_margin_of_zero_is_refused_where_it_could_never_lose_anything()
    {
        var options = new ObjectiveOptions { Loss = ObjectiveKind.Margin, Margin = 0 };
        Assert.Same(options, options.Validated());
        var error = Assert.Throws<SettingsException>(() => (options with { Negatives = NegativeMining.SemiHard }).Validated());
        Assert.Equal("Margin must be above 0 with semi-hard negatives, not 0.", error.Message);
        Assert.Throws<SettingsException>(() => (options with { Margin = double.NaN }).Validated());
    }
}
