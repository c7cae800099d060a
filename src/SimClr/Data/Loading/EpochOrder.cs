using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>
/// Which images make which batch: every epoch is a permutation of the dataset, a function of seed and epoch alone, cut into
/// global batches of <c>worldSize · batchSize</c>; each rank takes its part of each. A rest that does not fill a global batch
/// is left out of the epoch.
/// </summary>
internal sealed class EpochOrder(int count, int batchSize, ulong seed, int rank = 0, int worldSize = 1)
{
    private readonly long _globalBatch = (long)batchSize * worldSize;

    public int StepsPerEpoch => (int)(count / _globalBatch);

    /// <summary>The permutation of an epoch.</summary>
    public int[] Permutation(int epoch)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        var random = new CounterRandom(seed, epoch, 0, 0, DrawPurpose.Order);
        random.Shuffle<int>(order);
        return order;
    }

    /// <summary>This rank's images of one step.</summary>
    public ReadOnlySpan<int> Batch(ReadOnlySpan<int> permutation, int step) =>
        permutation.Slice((int)(step * _globalBatch) + rank * batchSize, batchSize);

    /// <summary>
    /// An image to show in place of another one: any of those that no rank's part of the step holds, drawn for the image and
    /// the attempt. Or null, when a batch takes all there are.
    /// </summary>
    public int? Substitute(ReadOnlySpan<int> permutation, int epoch, int step, int index, int attempt)
    {
        if (count == _globalBatch) return null;
        var random = new CounterRandom(seed, epoch, index, attempt, DrawPurpose.Substitute);
        var place = random.NextInt32((int)(count - _globalBatch));
        return permutation[place < step * _globalBatch ? place : (int)(place + _globalBatch)];
    }
}
