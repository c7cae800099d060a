namespace SimClr.Augmentation;

/// <summary>One of the four color adjustments.</summary>
public enum ColorOperation
{
    /// <summary>Multiplies every value.</summary>
    Brightness,

    /// <summary>Blends with the image's mean gray.</summary>
    Contrast,

    /// <summary>Blends with each pixel's gray.</summary>
    Saturation,

    /// <summary>Turns the hue.</summary>
    Hue,
}

/// <summary>The order of the four color adjustments; each occurs once.</summary>
/// <param name="First">Applied first.</param>
/// <param name="Second">Applied second.</param>
/// <param name="Third">Applied third.</param>
/// <param name="Fourth">Applied last.</param>
public readonly record struct ColorOrder(
    ColorOperation First, ColorOperation Second, ColorOperation Third, ColorOperation Fourth);

/// <summary>The random draw of a <see cref="ColorJitter"/> for one view.</summary>
/// <param name="Brightness">Factor, at least 0; 1 changes nothing.</param>
/// <param name="Contrast">Factor, at least 0; 1 changes nothing, 0 leaves the mean gray.</param>
/// <param name="Saturation">Factor, at least 0; 1 changes nothing, 0 leaves grays.</param>
/// <param name="Hue">Part of a full turn, from -0.5 to 0.5; 0 changes nothing.</param>
/// <param name="Order">The order in which the four are applied.</param>
public readonly record struct ColorJitterDraw(
    float Brightness, float Contrast, float Saturation, float Hue, ColorOrder Order);
