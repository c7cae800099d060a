using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// The similarities xᵢ·xₖ of 2N rows, visited block by block <c>[c, 2N]</c> so that memory grows with N only: for objectives that
/// apply a function to each of them.
/// </summary>
internal static class SimilarityRows
{
    /// <summary>Bytes of one block of similarities.</summary>
    public const long BlockBytes = 4 << 20;

    /// <summary>The loss of a block of rows, and its gradient by their similarities.</summary>
    /// <param name="positive"><c>[c, 1]</c>: the partners' similarities.</param>
    /// <param name="negatives">
    /// <c>[c, 2N]</c>: all similarities, −∞ for the row itself and its partner; free to be overwritten.
    /// </param>
    /// <returns>
    /// Losses <c>[c]</c>, their derivatives by positive <c>[c, 1]</c> and by negatives <c>[c, 2N]</c>, 0 where those are −∞.
    /// </returns>
    public delegate (Tensor Loss, Tensor ByPositive, Tensor ByNegatives) RowLoss(Tensor positive, Tensor negatives);

    /// <summary>The mean over rows of a loss, which gradients flow through.</summary>
    /// <param name="x"><c>[2N, D]</c>, float32 or float64.</param>
    /// <param name="loss">The loss of rows and its derivatives.</param>
    /// <param name="blockBytes">About how large a block is; at least one row.</param>
    /// <returns>A scalar owned by the caller's dispose scope.</returns>
    public static Tensor Mean(Tensor x, RowLoss loss, long blockBytes = BlockBytes)
    {
        using var scope = NewDisposeScope();
        var values = x.detach();                                                           // [2N, D]
        var gradient = x.requires_grad && is_grad_enabled() ? zeros_like(values) : null;   // [2N, D]
        var total = zeros([], x.dtype, x.device);                                          // []
        Visit(values, blockBytes, (first, partners, positive, negatives) =>
        {
            var (lost, byPositive, byNegatives) = loss(positive, negatives);
            total.add_(lost.sum(), Scalars.One);
            if (gradient is null) return;
            byNegatives.scatter_(1, partners, byPositive);                                 // [c, 2N], by all similarities
            var rows = positive.shape[0];
            gradient.narrow(0, first, rows).addmm_(byNegatives, values);                   // [c, D]
            gradient.addmm_(byNegatives.t(), values.narrow(0, first, rows));               // [2N, D]
        });
        total.div_(Scalars.Of(x.shape[0]));
        if (gradient is null) return total.MoveToOuterDisposeScope();

        // The gradient of this product by x is the one that was computed; its value, which nobody has used yet, is replaced.
        var result = (x * gradient.div_(Scalars.Of(x.shape[0]))).sum();                    // []
        result.detach().copy_(total);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The closest negative of each row that is farther than its partner (<see cref="NegativeMining.SemiHard"/>).
    /// </summary>
    /// <param name="x"><c>[2N, D]</c>, float32 or float64.</param>
    /// <param name="blockBytes">About how large a block is; at least one row.</param>
    /// <returns>
    /// Where it is, <c>[2N]</c> int64, and whether there is one, <c>[2N]</c> bool, without gradient: owned by the caller's
    /// dispose scope.
    /// </returns>
    public static (Tensor Index, Tensor Found) SemiHard(Tensor x, long blockBytes = BlockBytes)
    {
        using var scope = NewDisposeScope();
        var index = zeros([x.shape[0]], ScalarType.Int64, x.device);                       // [2N]
        var found = zeros([x.shape[0]], ScalarType.Bool, x.device);                        // [2N]
        Visit(x.detach(), blockBytes, (first, _, positive, negatives) =>
        {
            var (closest, at) = negatives.masked_fill_(negatives.ge(positive), Scalars.NegativeInfinity).max(1); // [c], [c]
            index.narrow(0, first, at.shape[0]).copy_(at);
            found.narrow(0, first, at.shape[0]).copy_(closest.gt(Scalars.NegativeInfinity));
        });
        return (index.MoveToOuterDisposeScope(), found.MoveToOuterDisposeScope());
    }

    private static void Visit(Tensor x, long blockBytes, Action<long, Tensor, Tensor, Tensor> visit)
    {
        var rows = x.shape[0];
        var perBlock = Math.Max(1, blockBytes / (rows * x.element_size()));
        for (long first = 0; first < rows; first += perBlock)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(perBlock, rows - first);
            var self = arange(Scalars.Of(first), Scalars.Of(first + count), Scalars.One, ScalarType.Int64, x.device)
                .unsqueeze(1);                                                                      // [c, 1]
            var partners = self.add(Scalars.Of(rows / 2), Scalars.One).remainder(Scalars.Of(rows)); // [c, 1]
            var similarities = x.narrow(0, first, count).mm(x.t());                                 // [c, 2N]
            var positive = similarities.gather(1, partners);                                        // [c, 1]
            var none = full_like(positive, Scalars.NegativeInfinity);                               // [c, 1]
            visit(first, partners, positive, similarities.scatter_(1, self, none).scatter_(1, partners, none));
        }
    }
}
