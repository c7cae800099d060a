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
internal sealed class Lars : Optimizer
{
    private readonly Tensor[] _momentum;

    public Lars(OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter)> parameters)
        : base(options, parameters) =>
        _momentum = Buffers("momentum");

    private protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate)
    {
        var direction = Decayed(parameter, gradient);
        var step = Decays(parameter)
            ? direction * TrustRatio(parameter, direction).mul_(learningRate)
            : direction * learningRate;
        var momentum = _momentum[index].mul_(Options.Momentum).add_(step);
        parameter.sub_(Options.Nesterov ? step.add_(momentum, Options.Momentum) : momentum);
    }

    private Tensor TrustRatio(Tensor parameter, Tensor direction)
    {
        var (weight, length) = (parameter.norm(), direction.norm()); // []
        var undefined = minimum(weight, length).eq(0);               // [], decided on the device
        return (weight / length).mul_(Options.TrustCoefficient).masked_fill_(undefined, 1);
    }
}
