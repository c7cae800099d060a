using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>The loss and figures of a batch: scalars owned by the caller's dispose scope.</summary>
/// <param name="Loss">The loss, which gradients flow through.</param>
/// <param name="ContrastiveTop1">
/// The fraction of rows whose partner is more similar than all views of other images, without gradient; with more than two views
/// of an image, the fraction of rows and partners ("contrastive accuracy",
/// Table 5).
/// </param>
/// <param name="Entropy">
/// The mean entropy, in nats, of the softmax of a row's similarities to its candidates at the loss's temperature, without
/// gradient: 0 when a row attends to one other row, the chance level when it attends to all alike.
/// </param>
public readonly record struct ContrastiveResult(Tensor Loss, Tensor ContrastiveTop1, Tensor Entropy)
{
    /// <summary>A loss with the figures of the rows that it compares.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="positive"><c>[2N]</c> or <c>[V − 1, V·N]</c>: each row's similarity to its partners, over τ.</param>
    /// <param name="others">The statistics of each row.</param>
    internal static ContrastiveResult Of(Tensor loss, Tensor positive, Denominators others)
    {
        var found = positive.detach().gt(others.LargestNegative).to(positive.dtype).mean(); // []
        var entropy = (others.LogSumExp.detach() - others.MeanSimilarity).mean();           // []
        return new(loss, found, entropy);
    }
}
