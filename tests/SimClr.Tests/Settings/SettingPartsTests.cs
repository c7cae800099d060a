using SimClr.Augmentation;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Tests.Settings;

/// <summary>Settings reach the parts that they describe: the model, the objective, the policy of views.</summary>
public sealed class SettingPartsTests
{
    [Fact]
    public void Settings_of_the_model_reach_its_parts()
    {
        var model = new ModelOptions();
        var encoder = model.ToResNet();
        Assert.Equal(
            (false, KernelInitialization.Official, true, false),
            (encoder.SelectiveKernels, encoder.Initialization, encoder.ZeroInitResidual, encoder.RecomputeBlocks));
        Assert.Equal(new ProjectionHeadOptions(), model.ToHead());

        model = new ModelOptions
        {
            Encoder = EncoderKind.ResNet101,
            SelectiveKernels = true,
            Initialization = KernelInitialization.TorchVision,
            ZeroInitResidual = false,
            RecomputeBlocks = true,
            HeadLayers = 3,
            HiddenDimension = 96,
        };
        encoder = new ResNetOptions
        {
            Name = "resnet101",
            Stem = StemKind.Cifar,
            SelectiveKernels = true,
            Initialization = KernelInitialization.TorchVision,
            ZeroInitResidual = false,
            RecomputeBlocks = true,
        };
        Assert.Equal(encoder, model.Validated().ToResNet());
        Assert.Equal(StemKind.ImageNet, (model with { ImageSize = 65 }).ToResNet().Stem);
        Assert.Equal(new ProjectionHeadOptions { Layers = 3, HiddenDimension = 96 }, model.ToHead());
    }


    [Fact]
    public void Settings_of_the_objective_reach_it()
    {
        var options = new ObjectiveOptions { Temperature = 0.2, Margin = 0.8 };
        Assert.Equal(new NtXent { Temperature = 0.2 }, options.Create());
        Assert.Equal(new NtXent
        {
            Temperature = 0.2,
            Normalize = false,
        }, (options with { NormalizeProjections = false }).Create());
        Assert.Equal(new NtLogistic { Temperature = 0.2 }, (options with { Loss = ObjectiveKind.NtLogistic }).Create());
        var hard = options with { Negatives = NegativeMining.SemiHard };
        Assert.Equal(
            new NtLogistic { Temperature = 0.2, Negatives = NegativeMining.SemiHard, Normalize = false },
            (hard with { Loss = ObjectiveKind.NtLogistic, NormalizeProjections = false }).Create());
        Assert.Equal(
            new MarginTriplet { Margin = 0.8, Negatives = NegativeMining.SemiHard },
            (hard with { Loss = ObjectiveKind.Margin }).Create());
        Assert.Equal(new DecoupledContrastive { Temperature = 0.2 }, (options with { Loss = ObjectiveKind.Decoupled }).Create());
        Assert.Equal(
            new DecoupledContrastive { Temperature = 0.2, PositiveWeightSigma = 0.5 },
            (options with { Loss = ObjectiveKind.WeightedDecoupled }).Create());
        Assert.Equal(
            new SupervisedContrastive
            {
                Temperature = 0.2,
            }, (options with { Loss = ObjectiveKind.SupervisedContrastive }).Create());
        Assert.Equal(new MarginTriplet().Margin, new ObjectiveOptions().Margin);
    }


    [Fact]
    public void Settings_from_before_there_were_other_objectives_mean_NT_Xent()
    {
        var settings = new PretrainingOptions().ToJson();
        foreach (var key in (string[])["loss", "negatives", "margin", "normalize_projections"]) Assert.True(settings.Remove(key));
        Assert.Equal(new PretrainingOptions(), PretrainingOptions.Compose(settings));
    }

    [Fact]
    public void Color_strength_zero_turns_every_color_change_off()
    {
        var augmentation = new ViewOptions { ColorStrength = 0 }.CreatePolicies(new()).First;
        Assert.Equal(0.0, augmentation.Transforms.OfType<ColorJitter>().Single().Strength);
        Assert.Equal(0.0, augmentation.Transforms.OfType<Grayscale>().Single().Probability);
    }

    [Fact]
    public void A_list_of_names_composes_a_policy_in_that_order_with_the_settings_values()
    {
        var views = new ViewOptions { Transforms = "crop, blur,color", CropScaleMin = 0.3, ColorStrength = 0.5, Blur = 0.25 };
        var policy = views.Validated().CreatePolicies(new()).First;
        Assert.Equal(new RandomResizedCrop { ScaleMin = 0.3 }, policy.Crop);
        var jitter = new ColorJitter { Strength = 0.5, Brightness = 0.4, Contrast = 0.4, Saturation = 0.4, Hue = 0.1 };
        Assert.Equal([new GaussianBlur { Probability = 0.25 }, jitter], policy.Transforms);
        var milder = new ViewOptions
        {
            CropScaleMax = 0.6,
            Interpolation = Interpolation.Bicubic,
            ColorStrength = 0.5,
            Brightness = 0.4,
            Contrast = 0.2,
            Saturation = 0,
            Hue = 0.1,
            SmallScale = new(0.1, 0.3),
        }.Validated();
        policy = milder.CreatePolicies(new()).First;
        Assert.Equal(new RandomResizedCrop { ScaleMax = 0.6, Interpolation = Interpolation.Bicubic }, policy.Crop);
        Assert.Equal(jitter with { Brightness = 0.2, Contrast = 0.1, Saturation = 0, Hue = 0.05 }, policy.Transforms[1]);
        policy = milder.CreateSmallPolicies(new()).Second;
        Assert.Equal((16, 0.1, 0.3), (policy.ImageSize, policy.Crop!.ScaleMin, policy.Crop.ScaleMax));
        Assert.Null((views with { Transforms = "flip" }).CreatePolicies(new()).First.Crop);

        var (first, second) = (views with { SecondTransforms = "crop" }).Validated().CreatePolicies(new());
        Assert.Equal((2, 0), (first.Transforms.Count, second.Transforms.Count));
    }

    [Fact]
    public void Every_name_makes_a_transform_of_that_name()
    {
        foreach (var name in TransformNames.All.Skip(1))
        {
            var transform = Assert.Single(TransformNames.Only(name, new(), new()).Transforms);
            Assert.Equal((name, 1.0), (transform.Name, transform.Probability));
        }
        var crop = TransformNames.Only("crop", new() { CropScaleMin = 0.5 }, new());
        Assert.Equal((0.5, 0), (crop.Crop!.ScaleMin, crop.Transforms.Count));
    }

    [Theory]
    [InlineData("crop,colour", "Transforms names 'colour'; known are crop, flip, color, gray, blur")]
    [InlineData("", "Transforms names ''; known are crop,")]
    [InlineData("crop,blur,blur", "Transforms names a transform twice: crop,blur,blur.")]
    [InlineData("flip,crop", "Transforms must begin with crop where it is used: flip,crop.")]
    public void A_list_that_makes_no_policy_is_refused(string names, string message)
    {
        var error = Assert.Throws<SettingsException>(() => (new ViewOptions { Transforms = names }).Validated());
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
