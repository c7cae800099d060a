using SimClr.Augmentation;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Optimization;

namespace SimClr.Settings;

/// <summary>The settings whose values are words, and what the words mean.</summary>
public static class SettingChoices
{
    /// <summary>Of <see cref="ModelOptions.Encoder"/>; as <see cref="ResNetOptions.Names"/>.</summary>
    public static Choices<EncoderKind> Encoder { get; } = new(nameof(ModelOptions.Encoder), ("resnet18", EncoderKind.ResNet18),
        ("resnet34", EncoderKind.ResNet34), ("resnet50", EncoderKind.ResNet50), ("resnet101", EncoderKind.ResNet101),
        ("resnet152", EncoderKind.ResNet152), ("resnet18-cntk", EncoderKind.ResNet18Cntk));

    /// <summary>Of <see cref="ModelOptions.Stem"/>.</summary>
    public static Choices<StemKind?> Stem { get; } = new(nameof(ModelOptions.Stem), ("auto", null), ("cifar", StemKind.Cifar),
        ("imagenet", StemKind.ImageNet));

    /// <summary>Of <see cref="ModelOptions.Normalization"/>.</summary>
    public static Choices<NormalizationKind> Normalization { get; } = new(nameof(ModelOptions.Normalization),
        ("none", NormalizationKind.None), ("imagenet", NormalizationKind.ImageNet), ("cifar10", NormalizationKind.Cifar10),
        ("half", NormalizationKind.Half));

    /// <summary>Of <see cref="ModelOptions.Initialization"/>.</summary>
    public static Choices<KernelInitialization> Initialization { get; } = new(nameof(ModelOptions.Initialization),
        ("official", KernelInitialization.Official), ("torchvision", KernelInitialization.TorchVision));

    /// <summary>Of <see cref="ModelOptions.Head"/>.</summary>
    public static Choices<ProjectionHeadKind> Head { get; } = new(nameof(ModelOptions.Head),
        ("nonlinear", ProjectionHeadKind.Nonlinear), ("linear", ProjectionHeadKind.Linear),
        ("identity", ProjectionHeadKind.Identity));

    /// <summary>Of <see cref="ObjectiveOptions.Loss"/>.</summary>
    public static Choices<ObjectiveKind> Loss { get; } = new(nameof(ObjectiveOptions.Loss), ("nt-xent", ObjectiveKind.NtXent),
        ("nt-logistic", ObjectiveKind.NtLogistic), ("margin", ObjectiveKind.Margin), ("dcl", ObjectiveKind.Decoupled),
        ("dclw", ObjectiveKind.WeightedDecoupled), ("supcon", ObjectiveKind.SupervisedContrastive));

    /// <summary>Of <see cref="ObjectiveOptions.Negatives"/>.</summary>
    public static Choices<NegativeMining> Negatives { get; } =
        new(nameof(ObjectiveOptions.Negatives), ("all", NegativeMining.All),
        ("semi-hard", NegativeMining.SemiHard));

    /// <summary>Of <see cref="OptimizationOptions.Optimizer"/>.</summary>
    public static Choices<OptimizerKind> Optimizer { get; } = new(nameof(OptimizationOptions.Optimizer),
        ("lars", OptimizerKind.Lars), ("sgd", OptimizerKind.Sgd), ("adamw", OptimizerKind.AdamW));

    /// <summary>Of <see cref="ScheduleOptions.LearningRateScaling"/>.</summary>
    public static Choices<LearningRateScaling> LearningRateScaling { get; } = new(nameof(ScheduleOptions.LearningRateScaling),
        ("linear", Optimization.LearningRateScaling.Linear), ("sqrt", Optimization.LearningRateScaling.SquareRoot),
        ("none", Optimization.LearningRateScaling.None));

    /// <summary>Of <see cref="ViewOptions.Interpolation"/>.</summary>
    public static Choices<Interpolation> Interpolation { get; } = new(nameof(ViewOptions.Interpolation),
        ("bilinear", Augmentation.Interpolation.Bilinear), ("bicubic", Augmentation.Interpolation.Bicubic));

    /// <summary>Of <see cref="PretrainingOptions.NonFinite"/>.</summary>
    public static Choices<NonFiniteRule> NonFinite { get; } =
        new(nameof(PretrainingOptions.NonFinite), ("stop", NonFiniteRule.Stop),
        ("skip", NonFiniteRule.Skip));

    /// <summary>Of the property <c>Finetune</c> of a request for a classifier.</summary>
    public static Choices<FineTunedPart> Finetune { get; } = new("Finetune", ("never", FineTunedPart.Never),
        ("auto", FineTunedPart.Auto), ("last-1", FineTunedPart.LastStage), ("last-2", FineTunedPart.LastTwoStages),
        ("last-3", FineTunedPart.LastThreeStages), ("all", FineTunedPart.All));

    /// <summary>Of <see cref="ComputeOptions.Precision"/>.</summary>
    public static Choices<Precision> Precision { get; } = new(nameof(ComputeOptions.Precision), ("auto", Native.Precision.Auto),
        ("fp32", Native.Precision.Float32), ("bf16", Native.Precision.BFloat16));
}
