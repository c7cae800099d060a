using System.Runtime.InteropServices;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Appendix A, Gaussian blur: σ uniform, kernel of 10 % of the side, borders mirrored; by default half of the views. The draw
/// is σ in pixels of the view, a <see cref="float"/>.
/// </summary>
public sealed record GaussianBlur : Transform
{
    /// <summary>Blurs half of the views.</summary>
    public GaussianBlur() => Probability = 0.5;

    /// <inheritdoc/>
    public override string Name => "blur";

    /// <summary>Smallest σ in pixels of the view; above 0.</summary>
    public double SigmaMin { get; init; } = 0.1;

    /// <summary>Largest σ in pixels of the view; at least <see cref="SigmaMin"/>.</summary>
    public double SigmaMax { get; init; } = 2.0;

    /// <inheritdoc/>
    public override Transform Validated()
    {
        Require(SigmaMin > 0 && double.IsFinite(SigmaMin), nameof(SigmaMin), "above 0 and finite", SigmaMin);
        Require(SigmaMax >= SigmaMin && double.IsFinite(SigmaMax), nameof(SigmaMax),
            $"finite and at least SigmaMin ({SigmaMin})", SigmaMax);
        return base.Validated();
    }

    /// <summary>A tenth of the side, made odd as the official code does (32: 3, 96: 9, 224: 23), and at least 3.</summary>
    internal static int KernelSize(int side) => Math.Max(side / 10 / 2 * 2 + 1, 3);

    internal override void Draw(int side, ref CounterRandom random, Span<byte> draw) =>
        MemoryMarshal.Write(draw, (float)random.NextDouble(SigmaMin, SigmaMax));

    internal override void Apply(ViewRenderer renderer, ReadOnlySpan<byte> draw) =>
        renderer.Blur(MemoryMarshal.Read<float>(draw));
}
