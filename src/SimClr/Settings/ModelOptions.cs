using System.Text.Json.Serialization;
using SimClr.Augmentation;
using SimClr.Models;

namespace SimClr.Settings;

/// <summary>The network of a run, and the images that it is used to: all that a finished encoder needs to be known by.</summary>
public sealed record ModelOptions
{
    /// <summary>The residual network that is trained.</summary>
    public EncoderKind Encoder { get; init; } = EncoderKind.ResNet18;

    /// <summary>Width multiplier of the encoder's channels, 0.25 to 4.</summary>
    public double Width { get; init; } = 1;

    /// <summary>
    /// How images enter the encoder; null (<c>auto</c> in files) chooses by the image size: <see cref="StemKind.Cifar"/> up to 64
    /// px.
    /// </summary>
    public StemKind? Stem { get; init; }

    /// <summary>How pixels in [0, 1] are given to the encoder, in training and after it.</summary>
    public NormalizationKind Normalization { get; init; } = NormalizationKind.None;

    /// <summary>
    /// Whether the encoder has selective kernels as in SimCLR v2; only networks of bottlenecks, from resnet50 on.
    /// </summary>
    public bool SelectiveKernels { get; init; }

    /// <summary>How convolution kernels start.</summary>
    public KernelInitialization Initialization { get; init; } = KernelInitialization.Official;

    /// <summary>Whether residual branches start at zero, so that blocks begin as identities; the official code does so.</summary>
    public bool ZeroInitResidual { get; init; } = true;

    /// <summary>
    /// Whether residual blocks are computed a second time in the backward pass instead of being kept: less memory for about a
    /// third more time, and the same results.
    /// </summary>
    public bool RecomputeBlocks { get; init; }

    /// <summary>The projection head.</summary>
    public ProjectionHeadKind Head { get; init; } = ProjectionHeadKind.Nonlinear;

    /// <summary>Layers of the nonlinear head, 2 to 4: two in the paper, three in SimCLR v2.</summary>
    public int HeadLayers { get; init; } = 2;

    /// <summary>Dimension of the nonlinear head's hidden layers; 0 means that of h.</summary>
    public int HiddenDimension { get; init; }

    /// <summary>Dimension of z, the head's output.</summary>
    public int ProjectionDimension { get; init; } = 128;

    /// <summary>Side S of the square views in pixels, 8 to 2048: one, or several over the run.</summary>
    public ImageSizes ImageSize { get; init; } = 32;

    /// <summary>
    /// Side at which images are given to the finished encoder, in pixels; 0 means that of the last views. Random crops show
    /// things enlarged, so a larger side than in training suits the features (Touvron et al. 2019, arXiv:1906.06423).
    /// </summary>
    public int EvaluationImageSize { get; init; }

    /// <summary>Side of the images that the finished encoder is given, in pixels.</summary>
    [JsonIgnore]
    public int EvaluationSide => EvaluationImageSize > 0 ? EvaluationImageSize : ImageSize.Last;

    /// <summary>
    /// Side at which drawn images (<c>shapes</c>) are made for training, in pixels: large enough for every view and for the
    /// finished encoder, as the images of a folder are.
    /// </summary>
    [JsonIgnore]
    public int DrawnSide => Math.Max(ImageSize.Largest, EvaluationSide);

    /// <summary>The encoder.</summary>
    public ResNetOptions ToResNet() => new()
    {
        Name = SettingChoices.Encoder.WordOf(Encoder),
        Width = Width,
        Stem = Stem ?? StemKinds.ForImageSize(ImageSize.Last),
        SelectiveKernels = SelectiveKernels,
        Initialization = Initialization,
        ZeroInitResidual = ZeroInitResidual,
        RecomputeBlocks = RecomputeBlocks,
    };

    /// <summary>The projection head.</summary>
    public ProjectionHeadOptions ToHead() => new()
    {
        Kind = Head,
        Layers = HeadLayers,
        HiddenDimension = HiddenDimension == 0 ? null : HiddenDimension,
        OutputDimension = ProjectionDimension,
    };

    /// <summary>The mean and standard deviation that pixels are brought to.</summary>
    /// <exception cref="SettingsException"><see cref="Normalization"/> is undefined.</exception>
    public Normalization ToNormalization() => Normalization switch
    {
        NormalizationKind.None => Augmentation.Normalization.None,
        NormalizationKind.ImageNet => Augmentation.Normalization.ImageNet,
        NormalizationKind.Cifar10 => Augmentation.Normalization.Cifar10,
        NormalizationKind.Half => Augmentation.Normalization.Half,
        _ => throw SettingChoices.Normalization.Undefined(Normalization),
    };

    /// <summary>The kind of a normalization that has a name.</summary>
    internal static NormalizationKind KindOf(Normalization known) => Enum.GetValues<NormalizationKind>()
        .First(kind => new ModelOptions { Normalization = kind }.ToNormalization() == known);

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ModelOptions Validated()
    {
        SettingChoices.Encoder.Require(Encoder);
        SettingChoices.Stem.Require(Stem);
        SettingChoices.Normalization.Require(Normalization);
        SettingChoices.Head.Require(Head);
        SettingChoices.Initialization.Require(Initialization);
        Require.That(Width is >= 0.25 and <= 4, nameof(Width), "between 0.25 and 4", Width);
        Require.That(!SelectiveKernels || new ResNetOptions { Name = SettingChoices.Encoder.WordOf(Encoder) }.Bottlenecks,
            nameof(SelectiveKernels),
            "false unless the encoder is resnet50, resnet101 or resnet152", $"true for {SettingChoices.Encoder.WordOf(Encoder)}");
        Require.That(HeadLayers is >= 2 and <= 4, nameof(HeadLayers), "between 2 and 4", HeadLayers);
        Require.That(HiddenDimension is >= 0 and <= 65536, nameof(HiddenDimension),
            "between 1 and 65536, or 0 for that of h", HiddenDimension);
        Require.That(ProjectionDimension is >= 1 and <= 65536, nameof(ProjectionDimension),
            "between 1 and 65536", ProjectionDimension);
        Require.That(ImageSize is not null, nameof(ImageSize), "a side in pixels", "null");
        ImageSize!.Validate();
        Require.Side(EvaluationImageSize, nameof(EvaluationImageSize), "the image size");
        return this;
    }
}
