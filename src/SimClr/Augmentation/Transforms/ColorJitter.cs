using System.Runtime.InteropServices;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Appendix A, color distortion: brightness, contrast, saturation and hue by random amounts in random order (torchvision's
/// ColorJitter with 0.8s, 0.8s, 0.8s, 0.2s for strength s), by default for four fifths of the views. Every adjustment clamps its
/// result to [0, 1].
/// </summary>
public sealed record ColorJitter : Transform
{
    /// <summary>Jitters four fifths of the views.</summary>
    public ColorJitter() => Probability = 0.8;

    /// <inheritdoc/>
    public override string Name => "color";

    /// <summary>Strength s, 0 to 2.5: brightness, contrast, saturation vary by 0.8s, hue by 0.2s.</summary>
    public double Strength { get; init; } = 1;

    /// <summary>Brightness factors lie within 1 ± this (never below 0); null means 0.8 times the strength.</summary>
    public double? Brightness { get; init; }

    /// <summary>Contrast factors lie within 1 ± this (never below 0); null means 0.8 times the strength.</summary>
    public double? Contrast { get; init; }

    /// <summary>Saturation factors lie within 1 ± this (never below 0); null means 0.8 times the strength.</summary>
    public double? Saturation { get; init; }

    /// <summary>The hue turns either way by up to this part of a full turn, at most 0.5; null means 0.2 × strength.</summary>
    public double? Hue { get; init; }

    internal (double Low, double High) BrightnessRange => Around1(Brightness ?? 0.8 * Strength);

    internal (double Low, double High) ContrastRange => Around1(Contrast ?? 0.8 * Strength);

    internal (double Low, double High) SaturationRange => Around1(Saturation ?? 0.8 * Strength);

    internal double HueRange => Hue ?? 0.2 * Strength;

    /// <inheritdoc/>
    public override Transform Validated()
    {
        Require(Strength is >= 0 and <= 2.5, nameof(Strength), "between 0 and 2.5", Strength);
        RequireAmount(Brightness, nameof(Brightness));
        RequireAmount(Contrast, nameof(Contrast));
        RequireAmount(Saturation, nameof(Saturation));
        Require(Hue is null or (>= 0 and <= 0.5), nameof(Hue), "between 0 and 0.5", Hue ?? 0);
        return base.Validated();
    }

    internal override void Draw(int side, ref CounterRandom random, Span<byte> draw)
    {
        Span<ColorOperation> order =
            [ColorOperation.Brightness, ColorOperation.Contrast, ColorOperation.Saturation, ColorOperation.Hue];
        random.Shuffle(order);
        MemoryMarshal.Write(draw, new ColorJitterDraw(
            DrawFactor(BrightnessRange, ref random),
            DrawFactor(ContrastRange, ref random),
            DrawFactor(SaturationRange, ref random),
            (float)random.NextDouble(-HueRange, HueRange),
            new ColorOrder(order[0], order[1], order[2], order[3])));
    }

    internal override void Apply(ViewRenderer renderer, ReadOnlySpan<byte> draw)
    {
        ref readonly var drawn = ref MemoryMarshal.AsRef<ColorJitterDraw>(draw);
        Adjust(renderer, drawn.Order.First, drawn);
        Adjust(renderer, drawn.Order.Second, drawn);
        Adjust(renderer, drawn.Order.Third, drawn);
        Adjust(renderer, drawn.Order.Fourth, drawn);
    }

    private static void Adjust(ViewRenderer renderer, ColorOperation operation, in ColorJitterDraw draw)
    {
        switch (operation)
        {
            case ColorOperation.Brightness: renderer.Adjust(PointKind.Brightness, draw.Brightness); break;
            case ColorOperation.Contrast: renderer.Adjust(PointKind.Contrast, draw.Contrast); break;
            case ColorOperation.Saturation: renderer.Adjust(PointKind.Saturation, draw.Saturation); break;
            default: renderer.Adjust(PointKind.Hue, draw.Hue); break;
        }
    }

    private static float DrawFactor((double Low, double High) range, ref CounterRandom random) =>
        (float)random.NextDouble(range.Low, range.High);

    private static (double, double) Around1(double amount) => (Math.Max(0, 1 - amount), 1 + amount);

    private void RequireAmount(double? value, string option) =>
        Require(value is null || (value >= 0 && double.IsFinite(value.Value)), option, "at least 0 and finite", value ?? 0);
}
