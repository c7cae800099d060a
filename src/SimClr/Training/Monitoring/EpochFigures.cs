using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>Sums over steps.</summary>
/// <param name="Loss">Of the losses.</param>
/// <param name="Top1">Of the contrastive accuracies.</param>
/// <param name="Entropy">Of the entropies.</param>
/// <param name="Count">Steps.</param>
internal readonly record struct FigureSums(double Loss, double Top1, double Entropy, int Count)
{
    /// <summary>The means over the steps between two sums.</summary>
    public (double Loss, double Top1, double Entropy) MeansSince(FigureSums earlier)
    {
        var steps = Count - earlier.Count;
        return ((Loss - earlier.Loss) / steps, (Top1 - earlier.Top1) / steps, (Entropy - earlier.Entropy) / steps);
    }
}

/// <summary>
/// Sums of an epoch's loss, contrastive accuracy and entropy, kept on the device in float64 so that a step waits for no result.
/// They are added step by step in one order, whether or not the epoch was interrupted.
/// </summary>
internal sealed class EpochFigures : IDisposable
{
    private readonly Tensor _sums; // [3]: loss, top-1, entropy

    public EpochFigures(Device device) => _sums = zeros(3, ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>Steps in the sums.</summary>
    public int Count { get; private set; }

    public void Add(Tensor loss, Tensor top1, Tensor entropy)
    {
        using var scope = NewDisposeScope();
        _sums.add_(stack([loss.detach(), top1, entropy]).to(ScalarType.Float64), Scalars.One); // [3]
        Count++;
    }

    /// <summary>The sums so far; waits for the device.</summary>
    public FigureSums Read()
    {
        using var scope = NewDisposeScope();
        var values = _sums.cpu().data<double>();
        return new(values[0], values[1], values[2], Count);
    }

    public void Restore(FigureSums sums)
    {
        using var scope = NewDisposeScope();
        _sums.copy_(tensor(new[] { sums.Loss, sums.Top1, sums.Entropy }));
        Count = sums.Count;
    }

    public void Reset() => Restore(default);

    public void Dispose() => _sums.Dispose();
}
