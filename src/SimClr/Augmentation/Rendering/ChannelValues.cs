namespace SimClr.Augmentation;

/// <summary>One number per color channel.</summary>
/// <param name="Red">The red channel's.</param>
/// <param name="Green">The green channel's.</param>
/// <param name="Blue">The blue channel's.</param>
public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    /// <summary>The three in this order.</summary>
    internal float[] ToArray() => [Red, Green, Blue];
}
