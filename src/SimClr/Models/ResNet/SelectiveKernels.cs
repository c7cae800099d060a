using SimClr.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// Mixes the two streams of a selective-kernel convolution (Li et al. 2019, arXiv:1903.06586), channel by channel: shares a and
/// 1 − a come from the global average of both, through a bottleneck of max(F/16, 32) channels with batch norm and ReLU.
/// </summary>
/// <remarks>
/// As in the official SimCLR v2 code both streams are 3×3 and come out of one convolution with 2F outputs, which stands before
/// this unit. State names: <c>conv1.weight</c>, <c>bn1.*</c>, <c>conv2.weight</c>.
/// </remarks>
internal sealed class SelectiveKernels : nn.Module<Tensor, Tensor>
{
    private const double Ratio = 0.0625;
    private const int SmallestBottleneck = 32;

    private readonly int _channels;
    [ComponentName(Name = "conv1")] private readonly Convolution _reduce;
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _norm;
    [ComponentName(Name = "conv2")] private readonly Convolution _expand;

    /// <param name="weights">Where weights come from.</param>
    /// <param name="channels">F, the channels of one stream.</param>
    public SelectiveKernels(InitialWeights weights, int channels) : base(nameof(SelectiveKernels))
    {
        _channels = channels;
        var bottleneck = Math.Max((int)(channels * Ratio), SmallestBottleneck);
        _reduce = new(weights, channels, bottleneck, kernel: 1);
        _norm = new(bottleneck);
        _expand = new(weights, bottleneck, 2 * channels, kernel: 1);
        RegisterComponents();
    }

    /// <param name="streams"><c>[B, 2F, H, W]</c>: F channels of the first stream, then F of the second.</param>
    /// <returns><c>[B, F, H, W]</c> of the same type. The shares are computed in float32 where that is more.</returns>
    public override Tensor forward(Tensor streams)
    {
        using var scope = NewDisposeScope();
        var type = streams.dtype == ScalarType.BFloat16 ? ScalarType.Float32 : streams.dtype;
        var (firstMean, secondMean) = Halves(streams.mean([2, 3], keepdim: true, type: type));
        var logits = _expand.call(_norm.call(_reduce.call(firstMean.add(secondMean, Scalars.One))).relu_()); // [B, 2F, 1, 1]
        var (firstLogit, secondLogit) = Halves(logits);
        var share = (firstLogit - secondLogit).sigmoid().to(streams.dtype); // [B, F, 1, 1], a softmax of two
        var (first, second) = Halves(streams);
        return second.lerp(first, share).MoveToOuterDisposeScope(); // [B, F, H, W]
    }

    private (Tensor First, Tensor Second) Halves(Tensor both) =>
        (both.narrow(1, 0, _channels), both.narrow(1, _channels, _channels)); // [B, F, …] each
}
