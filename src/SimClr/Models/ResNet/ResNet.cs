using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// The encoder f: a residual network without its classifier, h = f(x) after global average pooling. Mathematics and state names
/// (<c>conv1.weight</c>, <c>layer1.0.bn2.running_var</c>, …) are torchvision's, with the stride on the 3×3 convolution.
/// </summary>
/// <remarks>
/// Parameters and batch-norm statistics are float32; convolutions compute in the type of the images given.
/// <para>
/// Selective kernels add names that torchvision does not have: <c>layerL.B.select.*</c> (<c>conv1.weight</c>, <c>bn1.*</c>,
/// <c>conv2.weight</c>) mixes the two streams of <c>layerL.B.conv2</c>, whose outputs are those of the first stream and then
/// those of the second; the stem's <c>conv1</c> is <c>conv1.0.weight</c>, <c>conv1.1.*</c> (batch norm), <c>conv1.3.weight</c>,
/// <c>conv1.4.*</c>, <c>conv1.6.weight</c>, as in timm.
/// </para>
/// </remarks>
public sealed class ResNet : nn.Module<Tensor, Tensor>
{
    private readonly IReadOnlyList<ModuleList<ResidualBlock>> _stages;
    [ComponentName(Name = "conv1")] private readonly nn.Module<Tensor, Tensor> _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _bn1;

    /// <summary>A network with fresh weights, on the processor, in training mode.</summary>
    /// <param name="options">Which network.</param>
    /// <param name="seed">Initial weights are a function of it alone.</param>
    /// <exception cref="ArgumentException">An option is out of bounds.</exception>
    public ResNet(ResNetOptions options, ulong seed)
        : this(options, new InitialWeights(seed, InitialWeights.EncoderPart, options?.Initialization ?? default))
    {
    }

    internal ResNet(ResNetOptions options, InitialWeights weights) : base(nameof(ResNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options.Validated();
        var width = options.Channels(0);
        _conv1 = options switch
        {
            { Stem: StemKind.Cifar } => new Convolution(weights, inputs: 3, width, kernel: 3),
            { SelectiveKernels: true } => DeepStem(weights, width),
            _ => new Convolution(weights, inputs: 3, width, kernel: 7, stride: 2),
        };
        _bn1 = new(width);
        RegisterComponents();
        _stages = [.. Enumerable.Range(0, 4).Select(stage => Stage(options, weights, stage))];
        for (var stage = 0; stage < 4; stage++) register_module($"layer{stage + 1}", _stages[stage]);
    }

    /// <summary>The options of the network.</summary>
    public ResNetOptions Options { get; }

    /// <summary>Length d of the representation.</summary>
    public int FeatureDimension => Options.FeatureDimension;

    /// <summary>The representation of a batch of images.</summary>
    /// <param name="x">Normalized images <c>[B, 3, S, S]</c> in float32 or bfloat16, on the network's device.</param>
    /// <returns>h <c>[B, d]</c> in float32, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The input is not <c>[B, 3, H, W]</c>.</exception>
    public override Tensor forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.dim() != 4 || x.shape[1] != 3)
            throw new ArgumentException($"Images must be [B, 3, H, W], not [{string.Join(", ", x.shape)}].", nameof(x));
        using var scope = NewDisposeScope();
        var map = _bn1.call(_conv1.call(x)).relu_(); // [B, 64w, S', S']
        if (Options.Stem == StemKind.ImageNet)
            map = nn.functional.max_pool2d(map, kernel_size: 3, stride: 2, padding: 1); // [B, 64w, S'/2, S'/2]
        var chain = new RecomputedBlock.Chain();
        foreach (var block in _stages.SelectMany(stage => stage))
        {
            var previous = map;
            map = Options.RecomputeBlocks ? RecomputedBlock.Call(block, previous, chain) : block.call(previous);
            previous.Dispose(); // frees the map at once where no gradient needs it
        }
        return map.mean([2, 3], type: ScalarType.Float32).MoveToOuterDisposeScope(); // [B, d]
    }

    /// <summary>Three 3×3 convolutions in the place of one 7×7 (ResNet-D), each but the last with batch norm and ReLU.</summary>
    private static Sequential DeepStem(InitialWeights weights, int width) => nn.Sequential(
        ("0", new Convolution(weights, inputs: 3, width / 2, kernel: 3, stride: 2)),
        ("1", new BatchNormalization(width / 2)),
        ("2", nn.ReLU(inplace: true)),
        ("3", new Convolution(weights, width / 2, width / 2, kernel: 3)),
        ("4", new BatchNormalization(width / 2)),
        ("5", nn.ReLU(inplace: true)),
        ("6", new Convolution(weights, width / 2, width, kernel: 3)));

    private static ModuleList<ResidualBlock> Stage(ResNetOptions options, InitialWeights weights, int stage)
    {
        var channels = options.Channels(stage);
        var outputs = channels * options.Expansion;
        var inputs = stage == 0 ? channels : options.Channels(stage - 1) * options.Expansion;
        var lastScale = options.ZeroInitResidual ? 0.0 : 1.0;
        var blocks = new ModuleList<ResidualBlock>();
        for (var i = 0; i < options.Blocks[stage]; i++)
        {
            var (from, stride) = i == 0 ? (inputs, stage == 0 ? 1 : 2) : (outputs, 1);
            blocks.Add(options.Bottlenecks
                ? ResidualBlock.Bottleneck(weights, from, channels, stride, lastScale, options.SelectiveKernels)
                : ResidualBlock.Basic(weights, from, channels, stride, lastScale));
        }
        return blocks;
    }
}
