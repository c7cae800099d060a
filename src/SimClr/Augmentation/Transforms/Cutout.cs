using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Paints over a square of the view (DeVries and Taylor 2017, arXiv:1708.04552; the paper's Figure 4, "cutout"). Its center is
/// uniform over the pixels of the view, so that squares near a border are cut off there. The draw is what remains of the
/// square, a <see cref="CropBox"/> in pixels of the view.
/// </summary>
public sealed record Cutout : Transform<CropBox>
{
    /// <inheritdoc/>
    public override string Name => "cutout";

    /// <summary>Side of the square as a part of the view's; above 0, at most 1. At least one pixel is painted.</summary>
    public double Side { get; init; } = 0.5;

    /// <summary>The value that fills the square, in every channel, 0 to 1; gray by default.</summary>
    public double Fill { get; init; } = 0.5;

    /// <inheritdoc/>
    public override Transform Validated()
    {
        Require(Side is > 0 and <= 1, nameof(Side), "above 0 and at most 1", Side);
        Require(Fill is >= 0 and <= 1, nameof(Fill), "between 0 and 1", Fill);
        return base.Validated();
    }

    /// <inheritdoc/>
    protected override CropBox Draw(int side, ref CounterRandom random)
    {
        var length = Math.Max(1, (int)Math.Round(Side * side));
        var (top, height) = DrawExtent(side, length, ref random);
        var (left, width) = DrawExtent(side, length, ref random);
        return new CropBox(top, left, height, width);
    }

    /// <inheritdoc/>
    protected override void Apply(FloatImage view, in CropBox draw, RenderScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(view);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = view.Plane(channel);
            for (var y = draw.Top; y < draw.Top + draw.Height; y++)
                plane.Slice(y * view.Width + draw.Left, draw.Width).Fill((float)Fill);
        }
    }

    private static (int First, int Count) DrawExtent(int side, int length, ref CounterRandom random)
    {
        var first = random.NextInt32(side) - length / 2;
        var end = Math.Min(first + length, side);
        first = Math.Max(first, 0);
        return (first, end - first);
    }
}
