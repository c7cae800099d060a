using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// Stochastic gradient descent with momentum, as in PyTorch: g' = g + λp;  v ← mv + g';  p ← p − γv  (Nesterov: p − γ(g' + mv)).
/// </summary>
internal sealed class Sgd(OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter, int Part)> parameters)
    : Optimizer(options, parameters, "momentum")
{
    private static readonly UpdateScript Script = new("""
        def step(p: List[Tensor], g: List[Tensor], v: List[Tensor],
                 rate: float, momentum: float, decay: float, nesterov: bool):
            if decay > 0.0:
                g = torch._foreach_add(g, p, alpha=decay)
            torch._foreach_mul_(v, momentum)
            torch._foreach_add_(v, g)
            if nesterov:
                torch._foreach_add_(p, torch._foreach_add(g, v, alpha=momentum), alpha=-rate)
            else:
                torch._foreach_add_(p, v, alpha=-rate)
        """);

    private protected override void Update(IEnumerable<Tensor[][]> groups, bool decays, double learningRate) =>
        Script.Step(groups, [learningRate, Options.Momentum, decays ? Options.WeightDecay : 0], Options.Nesterov);
}
