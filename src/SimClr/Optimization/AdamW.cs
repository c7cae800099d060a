using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// Adam with decoupled weight decay, as in PyTorch: p ← p − γλp;  m ← β₁m + (1−β₁)g;  s ← β₂s + (1−β₂)g²;
/// p ← p − γ m̂/(√ŝ + ε) with m̂ = m/(1−β₁ᵗ) and ŝ = s/(1−β₂ᵗ).
/// </summary>
internal sealed class AdamW(OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter, int Part)> parameters)
    : Optimizer(options, parameters, "mean", "square")
{
    private static readonly UpdateScript Script = new("""
        def step(p: List[Tensor], g: List[Tensor], mean: List[Tensor], square: List[Tensor],
                 kept: float, beta1: float, beta2: float, deviation: float, epsilon: float, rate: float):
            if kept != 1.0:
                torch._foreach_mul_(p, kept)
            torch._foreach_mul_(mean, beta1)
            torch._foreach_add_(mean, g, alpha=1.0 - beta1)
            torch._foreach_mul_(square, beta2)
            torch._foreach_addcmul_(square, g, g, 1.0 - beta2)
            d = torch._foreach_sqrt(square)
            torch._foreach_div_(d, deviation)
            torch._foreach_add_(d, epsilon)
            torch._foreach_addcdiv_(p, mean, d, -rate)
        """);

    private protected override void Update(IEnumerable<Tensor[][]> groups, bool decays, double learningRate)
    {
        var (beta1, beta2) = (Options.Beta1, Options.Beta2);
        Script.Step(groups,
        [
            1 - (decays ? learningRate * Options.WeightDecay : 0), beta1, beta2,
            Math.Sqrt(1 - Math.Pow(beta2, StepCount)), Options.Epsilon, learningRate / (1 - Math.Pow(beta1, StepCount)),
        ]);
    }
}
