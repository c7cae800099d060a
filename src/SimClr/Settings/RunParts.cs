using SimClr.Augmentation;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Optimization;

namespace SimClr.Settings;

/// <summary>The options of each part of the library, from the settings of a run.</summary>
public static class RunParts
{
    /// <summary>The encoder; stem <c>auto</c> follows the image size.</summary>
    public static ResNetOptions Encoder(this PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ResNetOptions
        {
            Name = options.Encoder,
            Width = options.Width,
            Stem = options.Stem switch
            {
                "cifar" => StemKind.Cifar,
                "imagenet" => StemKind.ImageNet,
                _ => StemKinds.ForImageSize(options.ImageSize),
            },
            SelectiveKernels = options.SelectiveKernels,
            Initialization = options.Initialization == "torchvision"
                ? KernelInitialization.TorchVision
                : KernelInitialization.Official,
            ZeroInitResidual = options.ZeroInitResidual,
            RecomputeBlocks = options.RecomputeBlocks,
        };
    }

    /// <summary>How pixels are given to the encoder, in training and after it.</summary>
    public static Normalization Normalization(this PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Normalization switch
        {
            "imagenet" => Augmentation.Normalization.ImageNet,
            "cifar10" => Augmentation.Normalization.Cifar10,
            _ => Augmentation.Normalization.None,
        };
    }

    /// <summary>Side of the pictures that the finished encoder is used to, in pixels.</summary>
    public static int EvaluationSide(this PretrainingOptions options) =>
        options.EvaluationImageSize > 0 ? options.EvaluationImageSize : options.ImageSize;

    /// <summary>The projection head.</summary>
    public static ProjectionHeadOptions Head(this PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ProjectionHeadOptions
        {
            Kind = options.Head switch
            {
                "linear" => ProjectionHeadKind.Linear,
                "identity" => ProjectionHeadKind.Identity,
                _ => ProjectionHeadKind.Nonlinear,
            },
            Layers = options.HeadLayers,
            HiddenDimension = options.HiddenDimension == 0 ? null : options.HiddenDimension,
            OutputDimension = options.ProjectionDimension,
        };
    }

    /// <summary>The objective.</summary>
    public static ContrastiveLoss Loss(this PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (temperature, negatives) = (options.Temperature,
            options.Negatives == "semi-hard" ? NegativeMining.SemiHard : NegativeMining.All);
        ContrastiveLoss loss = options.Loss switch
        {
            "nt-logistic" => new NtLogistic { Temperature = temperature, Negatives = negatives },
            "margin" => new MarginTriplet { Margin = options.Margin, Negatives = negatives },
            "dcl" => new DecoupledContrastive { Temperature = temperature },
            "dclw" => new DecoupledContrastive { Temperature = temperature, PositiveWeightSigma = 0.5 },
            "supcon" => new SupervisedContrastive { Temperature = temperature },
            _ => new NtXent { Temperature = temperature },
        };
        return loss with { Normalize = options.NormalizeProjections };
    }

    /// <summary>
    /// The augmentation modules of first and second views; one and the same unless the settings tell them apart.
    /// </summary>
    public static (AugmentationPolicy First, AugmentationPolicy Second) Augmentations(this PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var first = TransformNames.Policy(options.Transforms, options);
        return (first, options.SecondTransforms == "" ? first : TransformNames.Policy(options.SecondTransforms, options));
    }

    /// <summary>The optimizer.</summary>
    public static OptimizerOptions Optimizer(this PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new OptimizerOptions
        {
            Kind = options.Optimizer switch
            {
                "sgd" => OptimizerKind.Sgd,
                "adamw" => OptimizerKind.AdamW,
                _ => OptimizerKind.Lars,
            },
            Momentum = options.Momentum,
            WeightDecay = options.WeightDecay,
        };
    }

    /// <summary>The learning rate by step: warmup, then cosine decay to 0.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stepsPerEpoch">Steps of one epoch.</param>
    public static LearningRateSchedule Schedule(this PretrainingOptions options, int stepsPerEpoch)
    {
        ArgumentNullException.ThrowIfNull(options);
        var scaling = options.LearningRateScaling switch
        {
            "linear" => LearningRateScaling.Linear,
            "sqrt" => LearningRateScaling.SquareRoot,
            _ => LearningRateScaling.None,
        };
        return new LearningRateSchedule
        {
            Peak = scaling.Peak(options.LearningRate, options.BatchSize),
            WarmupSteps = (long)Math.Round(options.WarmupEpochs * stepsPerEpoch),
            TotalSteps = (long)options.Epochs * stepsPerEpoch,
        }.Validated();
    }
}
