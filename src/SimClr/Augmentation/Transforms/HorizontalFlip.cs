using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>Mirrors left and right; by default half of the views. Nothing is drawn beyond whether to.</summary>
public sealed record HorizontalFlip : Transform
{
    /// <summary>Flips half of the views.</summary>
    public HorizontalFlip() => Probability = 0.5;

    /// <inheritdoc/>
    public override string Name => "flip";

    internal override void Draw(int side, ref CounterRandom random, Span<byte> draw) { }

    internal override void Apply(ViewRenderer renderer, ReadOnlySpan<byte> draw) => renderer.Flip();
}
