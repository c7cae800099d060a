namespace SimClr.Augmentation;

/// <summary>The cost of a stage of rendering for one view, on average.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Operations">Float operations; a fused multiplication and addition are two, a minimum is one.</param>
/// <param name="Bytes">Bytes read and written beyond the nearest cache.</param>
public readonly record struct StageCost(string Stage, double Operations, double Bytes);

/// <summary>
/// A lower bound on the arithmetic of an augmentation in this renderer, to compare its speed with. Shuffles,
/// conversions, addresses and the drawing of random numbers are not counted.
/// </summary>
/// <param name="Stages">In the order in which they are done.</param>
public sealed record AugmentationCost(IReadOnlyList<StageCost> Stages)
{
    // Per pixel, counted in PointArithmetic. Contrast includes the mean luma, and jitter is one of each.
    private const int Clamp = 2 * 3, Luma = 5;
    private const int Brightness = 3 + Clamp;
    private const int Contrast = Luma + 1 + 2 * 3 + Clamp;
    private const int Saturation = Luma + 1 + 2 * 3 + Clamp;
    private const int Hue = 38;

    /// <summary>Float operations of a view.</summary>
    public double Operations => Stages.Sum(stage => stage.Operations);

    /// <summary>Bytes that a view moves.</summary>
    public double Bytes => Stages.Sum(stage => stage.Bytes);

    /// <summary>Estimates a policy on images of one size; other transforms than the paper's count as one pass.</summary>
    /// <param name="policy">The policy, for views of S·S pixels.</param>
    /// <param name="width">Width of the images.</param>
    /// <param name="height">Height of the images.</param>
    /// <param name="format">How views are stored.</param>
    public static AugmentationCost Estimate(AugmentationPolicy policy, int width, int height, PixelFormat format)
    {
        var side = (double)policy.ImageSize;
        var pixels = side * side;
        var planes = 3 * sizeof(float) * pixels;
        List<StageCost> stages = [Resize(policy, width, height)];
        foreach (var transform in policy.Transforms)
        {
            var p = transform.Probability;
            stages.Add(transform switch
            {
                HorizontalFlip => new StageCost(transform.Name, 0, 0), // part of the resize
                // The planes are written before the contrast and read again after it.
                ColorJitter => new(transform.Name, p * pixels * (Brightness + Contrast + Saturation + Hue), p * 2 * planes),
                Grayscale => new(transform.Name, p * pixels * Luma, 0),
                // Two directions of three channels: a multiplication, and for each distance two additions and a multiplication.
                GaussianBlur blur => new(transform.Name,
                    p * pixels * 2 * 3 * (1 + 3 * Radius(blur, policy.ImageSize)), p * 2 * planes),
                _ => new(transform.Name, 0, p * 2 * planes),
            });
        }
        stages.Add(new StageCost("store", 2 * 3 * pixels, format.BytesPerView(policy.ImageSize)));
        return new AugmentationCost(stages);
    }

    /// <summary>
    /// For a crop of w·h pixels: S rows of 3w numbers with t(h/S) taps, and S·S·3 numbers with t(w/S) taps, t(s) = 2·max(1, s)
    /// (4 for bicubic). The crop is read as bytes, once.
    /// </summary>
    private static StageCost Resize(AugmentationPolicy policy, int width, int height)
    {
        var side = (double)policy.ImageSize;
        var (w, h) = CropSize(policy, width, height);
        var filter = policy.Crop?.Interpolation == Interpolation.Bicubic ? 4.0 : 2.0;
        var vertical = side * 3 * w * 2 * filter * Math.Max(1, h / side);
        var horizontal = side * side * 3 * 2 * filter * Math.Max(1, w / side);
        return new StageCost("resize", vertical + horizontal, 3 * w * h);
    }

    /// <summary>The box of mean area, without regard to boxes that do not fit.</summary>
    private static (double Width, double Height) CropSize(AugmentationPolicy policy, int width, int height)
    {
        if (policy.Crop is not { } crop) return (Math.Min(width, height), Math.Min(width, height));
        var share = Math.Sqrt((crop.ScaleMin + crop.ScaleMax) / 2);
        return (share * width, share * height);
    }

    /// <summary>Mean number of taps on a side: 5.3 σ, beyond which they weigh nothing, and no more than the kernel has.</summary>
    private static double Radius(GaussianBlur blur, int side)
    {
        const int steps = 64;
        var total = 0.0;
        for (var i = 0; i < steps; i++)
        {
            var sigma = blur.SigmaMin + (i + 0.5) / steps * (blur.SigmaMax - blur.SigmaMin);
            total += Math.Min(GaussianBlur.KernelSize(side) / 2, Math.Floor(5.3 * sigma));
        }
        return total / steps;
    }
}
