using SimClr.Augmentation;

namespace SimClr.Batches;

/// <summary>
/// At which fraction of its size a picture may be decoded without losing what will be seen of it: a function of sizes and of
/// what was drawn, never of what happens to be in memory.
/// </summary>
internal static class Shrink
{
    /// <summary>The largest shrink at which both views' crops still have at least the views' side in either direction.</summary>
    public static int ForViews(in CropBox first, in CropBox second, int side) => Largest(
        Math.Min(Math.Min(first.Width, first.Height), Math.Min(second.Width, second.Height)), side);

    /// <summary>The largest shrink at which a picture is still no smaller than it is resized to.</summary>
    public static int ForResize(int width, int height, EvaluationTransform transform)
    {
        var resized = transform.ResizedTo(width, height);
        return Largest(Math.Min(width, height), Math.Min(resized.Width, resized.Height));
    }

    private static int Largest(int side, int wanted)
    {
        var shrink = 8;
        while (shrink > 1 && side / shrink < wanted) shrink /= 2;
        return shrink;
    }
}
