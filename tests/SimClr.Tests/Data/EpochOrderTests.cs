using SimClr.Data;

namespace SimClr.Tests.Data;

public class EpochOrderTests
{
    [Fact]
    public void Every_epoch_is_a_permutation_of_its_own()
    {
        var order = new EpochOrder(1000, 64, 5);
        Assert.Equal(15, order.StepsPerEpoch);
        var (first, second) = (order.Permutation(0), order.Permutation(1));
        Assert.Equal(Enumerable.Range(0, 1000), first.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, new EpochOrder(1000, 64, 6).Permutation(0));
        Assert.Equal(first, new EpochOrder(1000, 10, 5).Permutation(0));
    }

    [Fact]
    public void Every_image_is_as_likely_anywhere()
    {
        var order = new EpochOrder(5, 1, 77);
        var counts = new int[5, 5];
        const int epochs = 20_000;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var permutation = order.Permutation(epoch);
            for (var i = 0; i < 5; i++) counts[i, permutation[i]]++;
        }
        // Five standard deviations of a count with probability 1/5.
        foreach (var count in counts) Assert.Equal(epochs / 5.0, count, 5 * Math.Sqrt(epochs * 0.2 * 0.8));
    }

    [Fact]
    public void Ranks_share_the_global_batches_of_a_single_process()
    {
        var single = new EpochOrder(103, 12, 9);
        var permutation = single.Permutation(4);
        for (var step = 0; step < single.StepsPerEpoch; step++)
        {
            int[] shared = [.. Enumerable.Range(0, 3).SelectMany(rank =>
            {
                var order = new EpochOrder(103, 4, 9, rank, 3);
                Assert.Equal(single.StepsPerEpoch, order.StepsPerEpoch);
                return order.Batch(order.Permutation(4), step).ToArray();
            })];
            Assert.Equal(single.Batch(permutation, step).ToArray(), shared);
        }
    }
}
