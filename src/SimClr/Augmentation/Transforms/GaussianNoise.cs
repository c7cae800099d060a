using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Adds noise to every value (the paper's Figure 4, "Gaussian noise"): independent, normal with mean 0 and a standard deviation
/// that is uniform from view to view; results are clamped to [0, 1].
/// </summary>
public sealed record GaussianNoise : Transform<GaussianNoiseDraw>
{
    /// <inheritdoc/>
    public override string Name => "noise";

    /// <summary>Smallest standard deviation, where 1 is the way from black to white; at least 0.</summary>
    public double SigmaMin { get; init; } = 0.05;

    /// <summary>Largest standard deviation; at least <see cref="SigmaMin"/>.</summary>
    public double SigmaMax { get; init; } = 0.2;

    /// <inheritdoc/>
    public override Transform Validated()
    {
        Require(SigmaMin >= 0 && double.IsFinite(SigmaMin), nameof(SigmaMin), "at least 0 and finite", SigmaMin);
        Require(SigmaMax >= SigmaMin && double.IsFinite(SigmaMax), nameof(SigmaMax),
            $"finite and at least SigmaMin ({SigmaMin})", SigmaMax);
        return base.Validated();
    }

    /// <inheritdoc/>
    protected override GaussianNoiseDraw Draw(int side, ref CounterRandom random)
    {
        var sigma = (float)random.NextDouble(SigmaMin, SigmaMax);
        return new GaussianNoiseDraw(sigma, ((ulong)random.NextUInt32() << 32) | random.NextUInt32());
    }

    /// <inheritdoc/>
    protected override void Apply(FloatImage view, in GaussianNoiseDraw draw, RenderScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(view);
        PixelNoise.Add(view, draw.Sigma, draw.Key);
    }
}

/// <summary>The random draw of a <see cref="GaussianNoise"/> for one view.</summary>
/// <param name="Sigma">Standard deviation, at least 0.</param>
/// <param name="Key">Decides the noise of every pixel.</param>
public readonly record struct GaussianNoiseDraw(float Sigma, ulong Key);
