using SimClr.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// relu(branch(x) + shortcut(x)). The branch alternates convolutions and batch norms, with a ReLU between the pairs; the shortcut
/// is the identity where shapes agree, else a <see cref="Shortcut"/>.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<(Convolution Convolution, BatchNormalization Norm)> _branch;
    [ComponentName(Name = "select")] private readonly SelectiveKernels? _select;
    [ComponentName(Name = "downsample")] private readonly Shortcut? _shortcut;

    private ResidualBlock(List<(Convolution, BatchNormalization)> branch, SelectiveKernels? select, Shortcut? shortcut)
        : base(nameof(ResidualBlock))
    {
        (_branch, _select, _shortcut) = (branch, select, shortcut);
        for (var i = 0; i < _branch.Count; i++)
        {
            register_module($"conv{i + 1}", _branch[i].Convolution);
            register_module($"bn{i + 1}", _branch[i].Norm);
        }
        RegisterComponents(); // selection and shortcut, which thus come last
    }

    /// <summary>Two 3×3 convolutions (ResNet-18 and 34).</summary>
    public static ResidualBlock Basic(InitialWeights weights, int inputs, int channels, int stride, double lastScale) =>
        new([
                (new(weights, inputs, channels, kernel: 3, stride), new(channels)),
                (new(weights, channels, channels, kernel: 3), new(channels, lastScale)),
            ],
            select: null,
            inputs == channels && stride == 1 ? null : new(weights, inputs, channels, stride, pooled: false));

    /// <summary>1×1, 3×3 (with the stride: "v1.5") and 1×1 to four times the channels (ResNet-50, 101 and 152).</summary>
    /// <param name="weights">Where weights come from.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="channels">Channels inside.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="lastScale">Initial γ of the last batch norm.</param>
    /// <param name="selective">
    /// Whether the 3×3 convolution has two streams that are mixed (<see cref="SelectiveKernels"/>); the shortcut then pools.
    /// </param>
    public static ResidualBlock Bottleneck(
        InitialWeights weights, int inputs, int channels, int stride, double lastScale, bool selective = false)
    {
        var middle = selective ? 2 * channels : channels;
        return new(
            [
                (new(weights, inputs, channels, kernel: 1), new(channels)),
                (new(weights, channels, middle, kernel: 3, stride), new(middle)),
                (new(weights, channels, 4 * channels, kernel: 1), new(4 * channels, lastScale)),
            ],
            selective ? new(weights, channels) : null,
            inputs == 4 * channels && stride == 1 ? null : new(weights, inputs, 4 * channels, stride, pooled: selective));
    }

    /// <param name="input"><c>[B, inputs, H, W]</c>.</param>
    /// <returns><c>[B, outputs, H/stride, W/stride]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // In place, since neither batch norm nor ReLU needs for its gradient what is overwritten.
        var x = input;
        foreach (var (convolution, norm) in _branch.SkipLast(1)) x = norm.call(convolution.call(x)).relu_();
        if (_select is not null) x = _select.call(x); // the streams are those of the last 3×3
        var (last, lastNorm) = _branch[^1];
        var sum = lastNorm.call(last.call(x)).add_(_shortcut is null ? input : _shortcut.call(input), Scalars.One);
        return sum.relu_().MoveToOuterDisposeScope();
    }

    /// <summary>The forward pass on an input that has been through it; running statistics do not count it twice.</summary>
    public Tensor CallAgain(Tensor input)
    {
        using var held = BatchNormalization.HoldStatistics(this);
        return call(input);
    }
}
