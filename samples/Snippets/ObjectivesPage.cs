using SimClr.Losses;
using static TorchSharp.torch;

namespace Snippets;

/// <summary>The code of docs/objectives.md.</summary>
public static class ObjectivesPage
{
    public static (Tensor Top1, Tensor Entropy) Backward(Tensor z)
    {
        #region docs/objectives.md 1
        ContrastiveLoss objective = new DecoupledContrastive { Temperature = 0.1, PositiveWeightSigma = 0.5 };
        var (loss, top1, entropy) = objective.Compute(z); // z [2N, D]: i and i+N are partners
        loss.backward();
        #endregion

        return (top1, entropy);
    }
}
