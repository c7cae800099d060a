using SimClr.Augmentation;

namespace SimClr.Data;

/// <summary>Which views of each image a batch has, and where they are in memory: views of one side, then small ones.</summary>
/// <param name="Policies">How the V views are made.</param>
/// <param name="Views">V.</param>
/// <param name="SmallPolicies">How small views are made; as the others where there are none.</param>
/// <param name="SmallViews">K, of them.</param>
internal sealed record ViewLayout(ViewPolicies Policies, int Views, ViewPolicies SmallPolicies, int SmallViews)
{
    /// <summary>All views of an image, V + K.</summary>
    public int All => Views + SmallViews;

    /// <summary>Elements of all views of one image.</summary>
    public long LengthOfEach => (long)Views * Policies.ViewLength + (long)SmallViews * SmallPolicies.ViewLength;

    /// <summary>How a view is made, from 0; small ones come last.</summary>
    public AugmentationPolicy Of(int view) => (view < Views ? Policies : SmallPolicies).Of(view);

    /// <summary>The element that a view begins with.</summary>
    /// <param name="view">Which view of the image, from 0.</param>
    /// <param name="item">The image's place in the batch.</param>
    /// <param name="batchSize">Images N of the batch.</param>
    public long Start(int view, int item, int batchSize) => view < Views
        ? ((long)view * batchSize + item) * Policies.ViewLength
        : (long)Views * batchSize * Policies.ViewLength
            + ((long)(view - Views) * batchSize + item) * SmallPolicies.ViewLength;
}
