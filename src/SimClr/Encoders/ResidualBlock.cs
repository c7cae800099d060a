using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Encoders;

/// <summary>
/// relu(branch(x) + shortcut(x)). The branch alternates convolutions and batch norms, with a ReLU between the pairs; the shortcut
/// is the identity, or a strided 1×1 convolution with batch norm where shapes differ.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<(Convolution Convolution, BatchNormalization Norm)> _branch;
    [ComponentName(Name = "downsample")] private readonly Sequential? _shortcut;

    private ResidualBlock(List<(Convolution, BatchNormalization)> branch, Sequential? shortcut) : base(nameof(ResidualBlock))
    {
        (_branch, _shortcut) = (branch, shortcut);
        for (var i = 0; i < _branch.Count; i++)
        {
            register_module($"conv{i + 1}", _branch[i].Convolution);
            register_module($"bn{i + 1}", _branch[i].Norm);
        }
        RegisterComponents(); // the shortcut, which thus comes last
    }

    /// <summary>Two 3×3 convolutions (ResNet-18 and 34).</summary>
    public static ResidualBlock Basic(InitialWeights weights, int inputs, int channels, int stride, double lastScale) =>
        new([
                (new(weights, inputs, channels, kernel: 3, stride), new(channels)),
                (new(weights, channels, channels, kernel: 3), new(channels, lastScale)),
            ],
            Shortcut(weights, inputs, channels, stride));

    /// <summary>1×1, 3×3 (with the stride: "v1.5") and 1×1 to four times the channels (ResNet-50, 101 and 152).</summary>
    public static ResidualBlock Bottleneck(InitialWeights weights, int inputs, int channels, int stride, double lastScale) =>
        new([
                (new(weights, inputs, channels, kernel: 1), new(channels)),
                (new(weights, channels, channels, kernel: 3, stride), new(channels)),
                (new(weights, channels, 4 * channels, kernel: 1), new(4 * channels, lastScale)),
            ],
            Shortcut(weights, inputs, 4 * channels, stride));

    /// <param name="input"><c>[B, inputs, H, W]</c>.</param>
    /// <returns><c>[B, outputs, H/stride, W/stride]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // In place, since neither batch norm nor ReLU needs for its gradient what is overwritten.
        var x = input;
        foreach (var (convolution, norm) in _branch.SkipLast(1)) x = norm.call(convolution.call(x)).relu_();
        var (last, lastNorm) = _branch[^1];
        var sum = lastNorm.call(last.call(x)).add_(_shortcut is null ? input : _shortcut.call(input));
        return sum.relu_().MoveToOuterDisposeScope();
    }

    private static Sequential? Shortcut(InitialWeights weights, int inputs, int outputs, int stride) =>
        inputs == outputs && stride == 1 ? null : nn.Sequential(
            ("0", new Convolution(weights, inputs, outputs, kernel: 1, stride)),
            ("1", new BatchNormalization(outputs)));
}
