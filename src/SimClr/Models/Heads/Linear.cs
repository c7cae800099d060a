using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// x ↦ xWᵀ without bias. <c>weight [O, I]</c> is a float32 master, cast to the input's type on use; it starts normal with
/// standard deviation 0.01, as in the official code.
/// </summary>
internal sealed class Linear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;

    public Linear(InitialWeights weights, int inputs, int outputs) : base(nameof(Linear))
    {
        Outputs = outputs;
        using var scope = NewDisposeScope();
        _weight = new Parameter(weights.Matrix(outputs, inputs, deviation: 0.01));
        _weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>O.</summary>
    public int Outputs { get; }

    /// <param name="input"><c>[B, I]</c>, float32 or bfloat16.</param>
    /// <returns><c>[B, O]</c> of the same type.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(input, _weight.to(input.dtype)).MoveToOuterDisposeScope();
    }
}
