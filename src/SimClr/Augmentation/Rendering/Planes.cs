namespace SimClr.Augmentation;

/// <summary>Where the three channels of something lie.</summary>
internal readonly unsafe struct Planes(float* red, float* green, float* blue)
{
    public float* Red { get; } = red;

    public float* Green { get; } = green;

    public float* Blue { get; } = blue;

    /// <summary>The planes from an offset on.</summary>
    public Planes From(int offset) => new(Red + offset, Green + offset, Blue + offset);
}
