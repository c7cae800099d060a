using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>The results of a training step: tensors without a graph, owned by the caller's dispose scope.</summary>
/// <param name="Loss">The loss before the weights changed, a scalar.</param>
/// <param name="ContrastiveTop1">The fraction of rows whose partner is their nearest, a scalar.</param>
/// <param name="Entropy">Mean entropy in nats of a row's softmax over its candidates, a scalar.</param>
/// <param name="Representations">h <c>[V·N, d]</c>.</param>
/// <param name="Projections">z <c>[V·N, p]</c>.</param>
internal readonly record struct StepResult(
    Tensor Loss, Tensor ContrastiveTop1, Tensor Entropy, Tensor Representations, Tensor Projections)
{
    /// <summary>Whether the weights stayed as they were, since the loss or the gradient was not a number.</summary>
    public bool IsSkipped { get; init; }

    /// <summary>The same, belonging to the dispose scope around the current one.</summary>
    public StepResult MoveToOuterDisposeScope() => new(
        Loss.MoveToOuterDisposeScope(), ContrastiveTop1.MoveToOuterDisposeScope(), Entropy.MoveToOuterDisposeScope(),
        Representations.MoveToOuterDisposeScope(), Projections.MoveToOuterDisposeScope())
    {
        IsSkipped = IsSkipped,
    };
}
