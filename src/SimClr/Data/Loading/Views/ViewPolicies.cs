using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>How the views of one side are made.</summary>
/// <param name="First">For first views, and with more than two the third, the fifth and so on.</param>
/// <param name="Second">For the others, of the same size; usually the same.</param>
internal sealed record ViewPolicies(AugmentationPolicy First, AugmentationPolicy Second)
{
    public int ImageSize => First.ImageSize;

    public int ViewLength => First.ViewLength;

    /// <summary>How a view is made, from 0.</summary>
    public AugmentationPolicy Of(int view) => view % 2 == 0 ? First : Second;
}
