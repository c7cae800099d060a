using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// Stochastic gradient descent with momentum, as in PyTorch: g' = g + λp;  v ← mv + g';  p ← p − γv  (Nesterov: p − γ(g' + mv)).
/// </summary>
internal sealed class Sgd : Optimizer
{
    private readonly Tensor[] _momentum;

    public Sgd(OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter)> parameters)
        : base(options, parameters) =>
        _momentum = Buffers("momentum");

    private protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate)
    {
        var direction = Decayed(parameter, gradient);
        var momentum = _momentum[index].mul_(Options.Momentum).add_(direction);
        parameter.add_(Options.Nesterov ? direction.add(momentum, Options.Momentum) : momentum, -learningRate);
    }
}
