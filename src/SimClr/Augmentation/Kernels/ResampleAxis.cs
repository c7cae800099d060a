namespace SimClr.Augmentation;

/// <summary>One axis of a resize.</summary>
/// <param name="FirstPixel">The first of the image's pixels that the crop touches.</param>
/// <param name="Pixels">How many it touches; the filter is cut at their ends.</param>
/// <param name="Origin">Where the crop begins, in pixels from the first one's edge; from 0, below 1.</param>
/// <param name="Length">Length of the crop in pixels; may be a fraction.</param>
/// <param name="Outputs">Number of outputs to which the whole crop is resized.</param>
/// <param name="FirstOutput">First output that is computed.</param>
/// <param name="Count">Number of outputs that are computed.</param>
internal readonly record struct ResampleAxis(
    int FirstPixel, int Pixels, double Origin, double Length, int Outputs, int FirstOutput, int Count)
{
    /// <summary>Input pixels per output.</summary>
    public double Scale => Length / Outputs;

    /// <summary>The axis of a crop of an image of which <paramref name="shrink"/> full-size pixels make one.</summary>
    /// <param name="start">Where the crop starts, in full-size pixels.</param>
    /// <param name="length">Its length in full-size pixels.</param>
    /// <param name="shrink">1, or how many full-size pixels make one.</param>
    /// <param name="available">Length of the shrunk image in its own pixels.</param>
    /// <param name="outputs">Number of outputs to which the whole crop is resized.</param>
    /// <param name="firstOutput">First output that is computed.</param>
    /// <param name="count">Number of outputs that are computed.</param>
    public static ResampleAxis Of(int start, int length, int shrink, int available, int outputs, int firstOutput, int count)
    {
        var first = start / shrink;
        var end = Math.Min((start + length + shrink - 1) / shrink, available);
        return new ResampleAxis(
            first, end - first, (double)(start % shrink) / shrink, (double)length / shrink, outputs, firstOutput, count);
    }
}
