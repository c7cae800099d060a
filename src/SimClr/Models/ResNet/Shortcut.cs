using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>The shortcut of a residual block whose input and output differ in shape: a 1×1 convolution with batch norm.</summary>
/// <remarks>State names are torchvision's: <c>0.weight</c> and <c>1.*</c>.</remarks>
internal sealed class Shortcut : nn.Module<Tensor, Tensor>
{
    private readonly int _stride;
    private readonly bool _pooled;
    [ComponentName(Name = "0")] private readonly Convolution _convolution;
    [ComponentName(Name = "1")] private readonly BatchNormalization _norm;

    /// <param name="weights">Where weights come from.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="pooled">
    /// Whether 2×2 averages take the place of the convolution's stride (He et al. 2018, arXiv:1812.01187: "ResNet-D").
    /// </param>
    public Shortcut(InitialWeights weights, int inputs, int outputs, int stride, bool pooled) : base(nameof(Shortcut))
    {
        (_stride, _pooled) = (stride, pooled);
        _convolution = new(weights, inputs, outputs, kernel: 1, pooled ? 1 : stride);
        _norm = new(outputs);
        RegisterComponents();
    }

    /// <param name="input"><c>[B, inputs, H, W]</c>.</param>
    /// <returns><c>[B, outputs, ⌈H/stride⌉, ⌈W/stride⌉]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _pooled ? Average(input, _stride) : input;
        return _norm.call(_convolution.call(x)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Averages of 2×2 windows that begin at multiples of the stride, as in the official code: where a window of stride 1 reaches
    /// over the lower or right edge, only pixels inside count; with stride 2, where odd sizes alone have such windows, pixels
    /// outside are 0.
    /// </summary>
    internal static Tensor Average(Tensor input, int stride)
    {
        var (down, right) = stride == 1 ? (1, 1) : (input.shape[2] % 2, input.shape[3] % 2);
        // A repeated edge leaves the average of what lies inside as it is.
        var mode = stride == 1 ? PaddingModes.Replicate : PaddingModes.Constant;
        var padded = down + right == 0
            ? input
            : nn.functional.pad(input, [0, right, 0, down], mode);         // [B, C, H + down, W + right]
        return nn.functional.avg_pool2d(padded, [2, 2], [stride, stride]); // [B, C, ⌈H/stride⌉, ⌈W/stride⌉]
    }
}
