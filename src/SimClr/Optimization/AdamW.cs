using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// Adam with decoupled weight decay, as in PyTorch: p ← p − γλp;  m ← β₁m + (1−β₁)g;  s ← β₂s + (1−β₂)g²;
/// p ← p − γ m̂/(√ŝ + ε) with m̂ = m/(1−β₁ᵗ) and ŝ = s/(1−β₂ᵗ).
/// </summary>
internal sealed class AdamW : Optimizer
{
    private readonly Tensor[] _mean, _square;

    public AdamW(OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter)> parameters)
        : base(options, parameters) =>
        (_mean, _square) = (Buffers("mean"), Buffers("square"));

    private protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate)
    {
        var (beta1, beta2) = (Options.Beta1, Options.Beta2);
        if (Options.WeightDecay > 0 && Decays(parameter)) parameter.mul_(1 - learningRate * Options.WeightDecay);
        var mean = _mean[index].mul_(beta1).add_(gradient, 1 - beta1);
        var square = _square[index].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        var deviation = square.sqrt().div_(Math.Sqrt(1 - Math.Pow(beta2, StepCount))).add_(Options.Epsilon);
        parameter.addcdiv_(mean, deviation, -learningRate / (1 - Math.Pow(beta1, StepCount)));
    }
}
