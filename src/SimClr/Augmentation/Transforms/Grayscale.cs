using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Replaces the three channels by their luma (ITU-R BT.601, torchvision's coefficients); by default a fifth of the views
/// (Appendix A). Nothing is drawn beyond whether to.
/// </summary>
public sealed record Grayscale : Transform
{
    /// <summary>Removes the color of a fifth of the views.</summary>
    public Grayscale() => Probability = 0.2;

    /// <inheritdoc/>
    public override string Name => "gray";

    internal override void Draw(int side, ref CounterRandom random, Span<byte> draw) { }

    internal override void Apply(ViewRenderer renderer, ReadOnlySpan<byte> draw) => renderer.Adjust(PointKind.Grayscale);
}
