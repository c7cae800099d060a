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
    public static Denominators Compare(Tensor x, double temperature, bool withPartner, int views = 2)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        List<Tensor> logSumExp = [], largest = [], mean = [];
        foreach (var (begin, end) in Blocks(x))
        {
            using var block = NewDisposeScope();
            var s = Similarities(x, begin, end, temperature);                                  // [C, R]
            var partner = Partners(x, begin, end, views);                                      // [C, V − 1]
            var negatives = s.scatter(1, partner, full_like(partner, Scalars.NegativeInfinity, s.dtype)); // [C, R]
            largest.Add(negatives.amax([1]).MoveToOuterDisposeScope());                        // [C]
            if (!withPartner) s = negatives;
            logSumExp.Add(s.logsumexp(1).MoveToOuterDisposeScope());                           // [C]
            var p = s.sub(logSumExp[^1].unsqueeze(1)).exp_().nan_to_num_(0);                   // [C, R]
            mean.Add(p.mul_(s.masked_fill_(s.isinf(), Scalars.Of(0))).sum(dim: 1).MoveToOuterDisposeScope()); // [C]
        }
        return new(cat(logSumExp).MoveToOuterDisposeScope(), cat(largest).MoveToOuterDisposeScope(),
            cat(mean).MoveToOuterDisposeScope());
    }

    /// <inheritdoc cref="SimilarityTiles.Gradient"/>
    public static Tensor Gradient(Tensor x, Tensor logSumExp, Tensor gradient, double temperature, bool withPartner,
        int views = 2)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var sums = zeros_like(x);                                                             // [R, D], R rows
        foreach (var (begin, end) in Blocks(x))
        {
            using var block = NewDisposeScope();
            var s = Similarities(x, begin, end, temperature);                                 // [C, R]
            if (!withPartner)
            {
                var partner = Partners(x, begin, end, views);                                 // [C, V − 1]
                s.scatter_(1, partner, full_like(partner, Scalars.NegativeInfinity, s.dtype));
            }
            var w = s.sub_(logSumExp[(int)begin..(int)end].unsqueeze(1)).exp_().nan_to_num_(0) // [C, R]
                .mul_(gradient[(int)begin..(int)end].unsqueeze(1));
            sums[(int)begin..(int)end].add_(w.mm(x), Scalars.One);                             // as rows
            sums.add_(w.t().mm(x[(int)begin..(int)end]), Scalars.One);                         // and as candidates
        }
        return sums.div_(Scalars.Of(temperature)).MoveToOuterDisposeScope();
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
        var s = x[(int)begin..(int)end].mm(x.t()).div_(Scalars.Of(temperature)); // [C, R]
        s.diagonal(begin).fill_(Scalars.NegativeInfinity);
        return s;
    }

    private static Tensor Partners(Tensor x, long begin, long end, int views)
    {
        var count = x.shape[0];
        var shifts = arange(Scalars.One, Scalars.Of(views), Scalars.One, device: x.device)
            .mul_(Scalars.Of(count / views));                                                         // [V − 1]
        return arange(Scalars.Of(begin), Scalars.Of(end), Scalars.One, device: x.device).unsqueeze(1) // [C, 1]
            .add(shifts, Scalars.One).remainder(Scalars.Of(count));                                   // [C, V − 1]
    }
}
