namespace SimClr.Augmentation;

/// <summary>How a crop is resized. Both filters widen when shrinking (antialiasing), as PIL and torchvision do.</summary>
public enum Interpolation
{
    /// <summary>Triangle filter, support 1.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = -0.5, support 2; overshoots are clamped to [0, 1].</summary>
    Bicubic,
}
