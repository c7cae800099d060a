using SimClr.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// The mean direction of what a network makes of an image and of its mirror image, left and right exchanged. It is the same for
/// both, so that mirrored copies have a cosine of 1; it takes two forward passes.
/// </summary>
public sealed class BothWaysRound : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "network")] private readonly nn.Module<Tensor, Tensor> _network;

    /// <param name="network">The network, which becomes this one's own.</param>
    public BothWaysRound(nn.Module<Tensor, Tensor> network) : base(nameof(BothWaysRound))
    {
        _network = network;
        RegisterComponents();
    }

    /// <param name="input">Images <c>[B, 3, S, S]</c>.</param>
    /// <returns><c>[B, d]</c>, of length 2 at most.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var straight = nn.functional.normalize(_network.call(input), dim: 1);          // [B, d]
        var mirrored = nn.functional.normalize(_network.call(input.flip(3)), dim: 1);  // [B, d]
        return straight.add(mirrored, Scalars.One).MoveToOuterDisposeScope();
    }
}
