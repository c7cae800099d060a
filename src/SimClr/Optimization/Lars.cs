using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// Layer-wise adaptive rate scaling as in the paper's official code ("classic momentum"): a step is as long as the weight times
/// the trust coefficient, whatever the gradient's length, and the learning rate goes into the momentum.
/// </summary>
/// <remarks>
/// g' = g + λp;  r = η‖p‖/‖g'‖, or 1 where a norm is 0;  v ← mv + γ r g';  p ← p − v  (Nesterov: p − (mv + γ r g')). Tensors of
/// rank 1 have r = 1 and λ = 0.
/// </remarks>
internal sealed class Lars(OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter, int Part)> parameters)
    : Optimizer(options, parameters, "momentum")
{
    // Where ‖p‖ = 0, taking sign ‖p‖ − 1 from it makes the ratio 1. Where ‖g'‖ = 0 the step is 0 whatever the ratio, if only it
    // is a number; the bound is below every other norm that float32 can reach, as smaller numbers have no squares.
    private static readonly UpdateScript Script = new("""
        def step(p: List[Tensor], g: List[Tensor], v: List[Tensor],
                 rate: float, momentum: float, decay: float, trust: float, adapts: bool, nesterov: bool):
            if adapts:
                d = torch._foreach_add(g, p, alpha=decay)
                weight = torch._foreach_norm(p)
                length = torch._foreach_norm(d)
                torch._foreach_clamp_min_(length, 1e-30)
                ratio = torch._foreach_div(weight, length)
                torch._foreach_mul_(ratio, trust)
                torch._foreach_sign_(weight)
                torch._foreach_sub_(weight, 1.0)
                torch._foreach_sub_(ratio, weight)
                torch._foreach_mul_(ratio, rate)
                torch._foreach_mul_(d, ratio)
            else:
                d = torch._foreach_mul(g, rate)
            torch._foreach_mul_(v, momentum)
            torch._foreach_add_(v, d)
            if nesterov:
                torch._foreach_add_(d, v, alpha=momentum)
                torch._foreach_sub_(p, d)
            else:
                torch._foreach_sub_(p, v)
        """);

    private protected override void Update(IEnumerable<Tensor[][]> groups, bool decays, double learningRate) =>
        Script.Step(
            groups, [learningRate, Options.Momentum, Options.WeightDecay, Options.TrustCoefficient], decays, Options.Nesterov);
}
