using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Cli;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Options of the command and settings of the library are the same things.</summary>
public sealed class SettingOptionsTests
{
    [Fact]
    public void Every_setting_is_an_option_of_pretrain_with_its_default_in_help()
    {
        var options = Pretrain().Options.OfType<IShownOption>().ToDictionary(o => o.Name);
        foreach (var (name, value) in new PretrainingOptions().ToJson())
        {
            var option = options["--" + name.Replace('_', '-')];
            var isNumber = value!.GetValueKind() == JsonValueKind.Number;
            var text = isNumber ? value.GetValue<double>().ToString(CultureInfo.InvariantCulture) : value.ToString();
            Assert.Equal(text, option.Shown ?? "");
        }
    }

    [Fact]
    public void Every_option_reaches_its_setting()
    {
        var given = PretrainingOptions.Compose(JsonNode.Parse(
            """
            {
              "encoder": "resnet50", "width": 0.5, "stem": "cifar", "selective_kernels": true, "initialization": "torchvision",
              "initial_weights": "runs/first", "freeze": 2, "layer_decay": 0.75, "head_epochs": 1.5, "keep_better": true,
              "normalization": "imagenet", "zero_init_residual": false, "recompute_blocks": true,
              "head": "linear", "head_layers": 3, "hidden_dimension": 96, "projection_dimension": 64,
              "image_size": 48, "evaluation_image_size": 64, "epochs": 7, "batch_size": 32, "micro_batch": 8, "loss": "margin",
              "temperature": 0.25, "negatives": "semi-hard", "margin": 0.75, "normalize_projections": false, "optimizer": "sgd",
              "learning_rate": 0.7, "learning_rate_scaling": "none", "weight_decay": 0.01, "momentum": 0.8, "warmup_epochs": 0.5,
              "nesterov": true, "final_learning_rate": 0.125, "ema": 0.875,
              "transforms": "crop,blur", "second_transforms": "flip", "gray": 0.375, "color_strength": 0.25, "blur": 0.125,
              "brightness": 0.5, "contrast": 0.625, "saturation": 0.25, "hue": 0.125, "crop_scale_max": 0.75,
              "interpolation": "bicubic", "small_size": 24, "small_scale": "0.1,0.5",
              "crop_scale_min": 0.5, "precision": "fp32", "device": "cpu", "threads": 1,
              "workers": 3, "seed": 18446744073709551615, "limit": 99, "checkpoint_epochs": 2,
              "checkpoint_minutes": 2.5, "checkpoint_steps": 7, "non_finite": "skip", "online_probe": true, "knn_epochs": 2
            }
            """)!.AsObject());
        var untouched = new PretrainingOptions().ToJson().Where(p => JsonNode.DeepEquals(p.Value, given.ToJson()[p.Key]));
        Assert.Equal(["views", "small_views"], untouched.Select(p => p.Key)); // the margin objective takes two
        var views = Compose("--views", "4", "--small-views", "3").Views;
        Assert.Equal((4, 3), (views.Views, views.SmallViews));
        string[] args = [.. given.ToJson().SelectMany(p => new[] { "--" + p.Key.Replace('_', '-'), p.Value!.ToString() })];
        Assert.Equal(given, Compose(args));
    }

    [Fact]
    public void The_command_line_overrides_a_preset_and_leaves_the_rest_of_it()
    {
        var preset = PretrainingOptions.Compose(Preset.Load("cifar10-cpu").Settings);
        Assert.Equal(preset with
        {
            Schedule = preset.Schedule with { Epochs = 3 },
        }, Compose("--preset", "cifar10-cpu", "--epochs", "3"));
    }

    [Theory]
    [InlineData("--epochs", "many", "--epochs must be a whole number, not 'many'")]
    [InlineData("--epochs", "2.5", "--epochs must be a whole number, not '2.5'")]
    [InlineData("--seed", "-1", "--seed must be a whole number from 0 to 18446744073709551615, not '-1'")]
    [InlineData("--temperature", "NaN", "--temperature must be a number, not 'NaN'")]
    [InlineData("--selective-kernels", "yes", "--selective-kernels must be true or false, not 'yes'")]
    [InlineData("--temperature", "1,5", "--temperature must be a number, not '1,5'")]
    [InlineData("--image-size", "16-32", "--image-size must be a side, two with .. between, or sides with shares that make 1, "
        + "not '16-32'")]
    [InlineData("--small-scale", "0.1", "--small-scale must be two areas with a comma between, not '0.1'")]
    public void A_value_of_the_wrong_kind_is_named(string option, string value, string message) =>
        Assert.Equal(message, UsageError.Find(CommandLine.Parse(["pretrain", "shapes", "--out", "x", option, value])));

    [Theory]
    [InlineData("--temperature", "-1", "--temperature must be above 0, not -1.")]
    [InlineData("--width", "9", "--width must be between 0.25 and 4, not 9.")]
    [InlineData("--encoder", "vgg", "--encoder must be one of")]
    public void A_value_out_of_bounds_is_named(string option, string value, string message) =>
        Assert.StartsWith(message, SettingWords.Of(Assert.Throws<SettingsException>(() => Compose(option, value)), Pretrain()));

    [Fact]
    public async Task A_precision_that_there_is_not_is_wrong_usage_before_anything_is_opened() =>
        CliProcess.FailedInOneLine(await CliProcess.Run("evaluate", "knn", "nowhere", "shapes:50", "--precision", "fp8"), 2,
            "--precision must be one of auto, fp32, bf16, not 'fp8'");

    private static System.CommandLine.Command Pretrain() => CommandLine.Build().Subcommands.Single(c => c.Name == "pretrain");

    private static PretrainingOptions Compose(params string[] args)
    {
        var command = new System.CommandLine.RootCommand();
        var settings = SettingOptions.All(command);
        return settings.Compose(command.Parse(args));
    }
}
