using SimClr.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// The same as <see cref="SimilarityTiles"/>, with libtorch's operations on blocks of rows against all rows: for GPUs, processors
/// without AVX-512, and float64.
/// </summary>
internal static class SimilarityBlocks
{
    private const long BytesOnProcessor = 8L << 20, BytesOnGpu = 128L << 20;

    /// <inheritdoc cref="SimilarityTiles.Compare"/>
    public static Denominators Compare(Tensor x, double temperature, bool withPartner)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        List<Tensor> logSumExp = [], largest = [], mean = [];
        foreach (var (begin, end) in Blocks(x))
        {
            using var block = NewDisposeScope();
            var s = Similarities(x, begin, end, temperature);                                  // [C, 2N]
            var partner = Partners(x, begin, end);                                             // [C, 1]
            var negatives = s.scatter(1, partner, full_like(partner, double.NegativeInfinity, s.dtype)); // [C, 2N]
            largest.Add(negatives.amax([1]).MoveToOuterDisposeScope());                        // [C]
            if (!withPartner) s = negatives;
            logSumExp.Add(s.logsumexp(1).MoveToOuterDisposeScope());                           // [C]
            var p = s.sub(logSumExp[^1].unsqueeze(1)).exp_().nan_to_num_(0);                   // [C, 2N]
            mean.Add(p.mul_(s.masked_fill_(s.isinf(), 0)).sum(dim: 1).MoveToOuterDisposeScope()); // [C]
        }
        return new(cat(logSumExp).MoveToOuterDisposeScope(), cat(largest).MoveToOuterDisposeScope(),
            cat(mean).MoveToOuterDisposeScope());
    }

    /// <inheritdoc cref="SimilarityTiles.Gradient"/>
    public static Tensor Gradient(Tensor x, Tensor logSumExp, Tensor gradient, double temperature, bool withPartner)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var sums = zeros_like(x);                                                             // [2N, D]
        foreach (var (begin, end) in Blocks(x))
        {
            using var block = NewDisposeScope();
            var s = Similarities(x, begin, end, temperature);                                 // [C, 2N]
            if (!withPartner)
            {
                var partner = Partners(x, begin, end);                                        // [C, 1]
                s.scatter_(1, partner, full_like(partner, double.NegativeInfinity, s.dtype));
            }
            var w = s.sub_(logSumExp[(int)begin..(int)end].unsqueeze(1)).exp_().nan_to_num_(0) // [C, 2N]
                .mul_(gradient[(int)begin..(int)end].unsqueeze(1));
            sums[(int)begin..(int)end].add_(w.mm(x), Scalars.One);                             // as rows
            sums.add_(w.t().mm(x[(int)begin..(int)end]), Scalars.One);                         // and as candidates
        }
        return sums.div_(temperature).MoveToOuterDisposeScope();
    }

    private static IEnumerable<(long Begin, long End)> Blocks(Tensor x)
    {
        var count = x.shape[0];
        var bytes = x.device_type == DeviceType.CPU ? BytesOnProcessor : BytesOnGpu;
        var rows = Math.Max(1, bytes / (count * x.element_size()));
        for (long begin = 0; begin < count; begin += rows) yield return (begin, Math.Min(count, begin + rows));
    }

    private static Tensor Similarities(Tensor x, long begin, long end, double temperature)
    {
        var s = x[(int)begin..(int)end].mm(x.t()).div_(temperature); // [C, 2N]
        s.diagonal(begin).fill_(double.NegativeInfinity);
        return s;
    }

    private static Tensor Partners(Tensor x, long begin, long end)
    {
        var count = x.shape[0];
        return arange(begin + count / 2, end + count / 2, device: x.device).remainder(count).unsqueeze(1); // [C, 1]
    }
}
