using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>How the views of an image are made and stored.</summary>
/// <param name="First">For first views.</param>
/// <param name="Second">For second views, of the same size; usually the same.</param>
/// <param name="Format">How both are stored.</param>
internal sealed record ViewPolicies(AugmentationPolicy First, AugmentationPolicy Second, PixelFormat Format)
{
    public int ImageSize => First.ImageSize;

    public int ViewLength => First.ViewLength;
}
