using static TorchSharp.torch;

namespace SimClr.Pretraining;

/// <summary>
/// Sums of an epoch's loss and contrastive accuracy, kept on the device in float64 so that a step waits for no result. They
/// are added step by step in one order, whether or not the epoch was interrupted.
/// </summary>
internal sealed class EpochFigures : IDisposable
{
    private readonly Tensor _sums; // [2]: loss, top-1

    public EpochFigures(Device device) => _sums = zeros(2, ScalarType.Float64, device).DetachFromDisposeScope();

    /// <summary>Steps in the sums.</summary>
    public int Count { get; private set; }

    public void Add(Tensor loss, Tensor top1)
    {
        using var scope = NewDisposeScope();
        _sums.add_(stack([loss.detach(), top1]).to(ScalarType.Float64)); // [2]
        Count++;
    }

    /// <summary>The sums so far; waits for the device.</summary>
    public (double Loss, double Top1) Read()
    {
        using var scope = NewDisposeScope();
        var values = _sums.cpu().data<double>();
        return (values[0], values[1]);
    }

    public void Restore(double loss, double top1, int count)
    {
        using var scope = NewDisposeScope();
        _sums.copy_(tensor(new[] { loss, top1 }));
        Count = count;
    }

    public void Reset() => Restore(0, 0, 0);

    public void Dispose() => _sums.Dispose();
}
