namespace SimClr.Models;

/// <summary>Which residual network (He et al. 2015, arXiv:1512.03385) and how wide.</summary>
public sealed record ResNetOptions
{
    /// <summary>One of <see cref="Names"/>.</summary>
    public string Name { get; init; } = "resnet18";

    /// <summary>
    /// Multiplies the channels of the stem and of every stage (64, 128, 256, 512), from 0.25 to 4: the paper's "ResNet-50 (4×)".
    /// </summary>
    public double Width { get; init; } = 1;

    /// <summary>How images enter; <see cref="StemKinds.ForImageSize"/> knows which stem suits a size.</summary>
    public StemKind Stem { get; init; } = StemKind.ImageNet;

    /// <summary>
    /// Whether the last batch norm of every residual branch starts with γ = 0, so that each block starts as the identity. The
    /// official implementation does so.
    /// </summary>
    public bool ZeroInitResidual { get; init; } = true;

    /// <summary>
    /// Whether the 3×3 convolutions have two streams that are mixed channel by channel, as in SimCLR v2 (Chen et al. 2020,
    /// arXiv:2006.10029, Section 3, sk_ratio 0.0625). Only for networks of bottlenecks: resnet50, resnet101 and resnet152.
    /// </summary>
    /// <remarks>
    /// As in the official code, such a network is also a ResNet-D: where the stem is <see cref="StemKind.ImageNet"/>, three 3×3
    /// convolutions take the place of the 7×7, and shortcuts average 2×2 pixels before their convolution.
    /// </remarks>
    public bool SelectiveKernels { get; init; }

    /// <summary>How convolution kernels start.</summary>
    public KernelInitialization Initialization { get; init; }

    /// <summary>
    /// Whether training keeps only the inputs of residual blocks and computes the blocks a second time in the backward pass: less
    /// memory for about a third more time, and the same gradients.
    /// </summary>
    public bool RecomputeBlocks { get; init; }

    /// <summary>
    /// The networks there are: resnet18, resnet34, resnet50, resnet101, resnet152, and resnet18-cntk, a ResNet-18 with a third
    /// block in its last stage, as Microsoft's CNTK trained it on ImageNet for ML.NET.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
        ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnet18-cntk"];

    /// <summary>Length d of the representation h.</summary>
    public int FeatureDimension => Channels(3) * Expansion;

    /// <summary>These options, if they are usable.</summary>
    /// <exception cref="ArgumentException">
    /// The name is unknown, the width outside 0.25..4, the stem or the initialization undefined, or the network has no
    /// bottlenecks for selective kernels.
    /// </exception>
    public ResNetOptions Validated()
    {
        if (!Names.Contains(Name))
            throw new ArgumentException($"Encoder '{Name}' is unknown; use one of {string.Join(", ", Names)}.", nameof(Name));
        if (!(Width >= 0.25 && Width <= 4))
            throw new ArgumentOutOfRangeException(nameof(Width), Width, "The width multiplier must be between 0.25 and 4.");
        if (!Enum.IsDefined(Stem))
            throw new ArgumentOutOfRangeException(nameof(Stem), Stem, "The stem must be Cifar or ImageNet.");
        if (!Enum.IsDefined(Initialization))
            throw new ArgumentOutOfRangeException(
                nameof(Initialization), Initialization, "The initialization must be Official or TorchVision.");
        if (SelectiveKernels && !Bottlenecks)
            throw new ArgumentException(
                $"Selective kernels need bottlenecks (resnet50, resnet101 or resnet152), not {Name}.", nameof(SelectiveKernels));
        return this;
    }

    /// <summary>Blocks in each of the four stages.</summary>
    internal IReadOnlyList<int> Blocks => Name switch
    {
        "resnet18" => [2, 2, 2, 2],
        "resnet18-cntk" => [2, 2, 2, 3],
        "resnet34" or "resnet50" => [3, 4, 6, 3],
        "resnet101" => [3, 4, 23, 3],
        "resnet152" => [3, 8, 36, 3],
        _ => Validated().Blocks,
    };

    /// <summary>Whether the blocks are bottlenecks (1×1, 3×3, 1×1) rather than pairs of 3×3.</summary>
    internal bool Bottlenecks => Name is not ("resnet18" or "resnet34" or "resnet18-cntk");

    /// <summary>Output channels of a block per channel inside it.</summary>
    internal int Expansion => Bottlenecks ? 4 : 1;

    /// <summary>Channels inside the blocks of a stage, 0..3; those of stage 0 are also the stem's.</summary>
    internal int Channels(int stage) => (int)Math.Round((64 << stage) * Width);
}
