using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>Row statistics of the similarities of V·N rows, V views of each of N images: s(i, k) = xᵢ·xₖ/τ.</summary>
/// <param name="LogSumExp"><c>[V·N]</c>: log Σ exp s(i, k) over the candidates k, which gradients flow through.</param>
/// <param name="LargestNegative"><c>[V·N]</c>: the largest s(i, k) of another image's view; −∞ with N = 1. No gradient.</param>
/// <param name="MeanSimilarity"><c>[V·N]</c>: Σ p(k|i)·s(i, k), the mean under the softmax. No gradient.</param>
internal readonly record struct Denominators(Tensor LogSumExp, Tensor LargestNegative, Tensor MeanSimilarity)
{
    /// <summary>
    /// Compares every row with every other. The V·N × V·N similarities are formed piece by piece and once more for the gradient;
    /// memory grows as V·N·D.
    /// </summary>
    /// <param name="x"><c>[V·N, D]</c>, float32 or float64.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="withPartner">Whether a row's partners are among its candidates; a row itself never is.</param>
    /// <param name="views">V; i, i+N, i+2N, … are partners.</param>
    /// <returns>Tensors owned by the caller's dispose scope.</returns>
    public static Denominators Compare(Tensor x, double temperature, bool withPartner = true, int views = 2)
    {
        using var scope = NewDisposeScope();
        var comparison = new Comparison(temperature, withPartner, views);
        var logSumExp = Function.Call(x, comparison); // [V·N]
        return new(logSumExp.MoveToOuterDisposeScope(), comparison.LargestNegative!.MoveToOuterDisposeScope(),
            comparison.MeanSimilarity!.MoveToOuterDisposeScope());
    }

    /// <summary>A comparison under way: what it is, and the results that have no gradient.</summary>
    private sealed class Comparison(double temperature, bool withPartner, int views)
    {
        public Tensor? LargestNegative { get; private set; }

        public Tensor? MeanSimilarity { get; private set; }

        public Tensor Forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            Denominators rows;
            if (UsesTiles(x))
            {
                using var tiles = new SimilarityTiles(x, temperature, withPartner, views);
                rows = tiles.Compare();
            }
            else rows = SimilarityBlocks.Compare(x, temperature, withPartner, views);
            LargestNegative = rows.LargestNegative.MoveToOuterDisposeScope();
            MeanSimilarity = rows.MeanSimilarity.MoveToOuterDisposeScope();
            return rows.LogSumExp.MoveToOuterDisposeScope();
        }

        public Tensor Backward(Tensor x, Tensor logSumExp, Tensor gradient)
        {
            if (!UsesTiles(x)) return SimilarityBlocks.Gradient(x, logSumExp, gradient, temperature, withPartner, views);
            using var tiles = new SimilarityTiles(x, temperature, withPartner, views);
            return tiles.Gradient(logSumExp, gradient);
        }

        private static bool UsesTiles(Tensor x) =>
            x.dtype == ScalarType.Float32 && x.device_type == TorchSharp.DeviceType.CPU && SimilarityTiles.IsSupported;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(Denominators);

        public static Tensor Call(Tensor x, Comparison comparison)
        {
            using var scope = NewDisposeScope(); // TorchSharp leaves an empty copy of the output in it
            var logSumExp = x.requires_grad && is_grad_enabled() ? apply(x, comparison) : comparison.Forward(x); // [V·N]
            comparison.LargestNegative!.MoveToOuterDisposeScope();
            comparison.MeanSimilarity!.MoveToOuterDisposeScope();
            return logSumExp.MoveToOuterDisposeScope();
        }

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, comparison) = ((Tensor)vars[0], (Comparison)vars[1]);
            var logSumExp = comparison.Forward(x);
            ctx.save_for_backward([x, logSumExp]);
            ctx.save_data(nameof(Comparison), comparison);
            return logSumExp;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            using var gradient = grad_output;
            var saved = ctx.get_saved_variables();
            var comparison = (Comparison)ctx.get_data(nameof(Comparison));
            return [comparison.Backward(saved[0], saved[1], gradient).MoveToOuterDisposeScope(), null!];
        }
    }
}
