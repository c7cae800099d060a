using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>A state that was read back.</summary>
/// <param name="Info">Where the run stood.</param>
/// <param name="Tensors">
/// Contiguous CPU tensors by name (weights, optimizer state), equal bit for bit to those saved. They belong to this object,
/// independent of any dispose scope.
/// </param>
public sealed record Checkpoint(CheckpointInfo Info, IReadOnlyDictionary<string, Tensor> Tensors) : IDisposable
{
    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}
