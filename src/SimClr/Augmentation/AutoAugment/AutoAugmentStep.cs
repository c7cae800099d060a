namespace SimClr.Augmentation;

/// <summary>An operation of AutoAugment. Those up to <see cref="Sharpness"/> go two ways.</summary>
internal enum AutoAugmentOperation
{
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    Brightness,
    Color,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
    Invert,
}

/// <summary>One of the two operations of a pair.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Probability">How often it happens when the pair was chosen.</param>
/// <param name="Level">How strongly, 0 to 9; without meaning for the last three.</param>
internal readonly record struct AutoAugmentStep(AutoAugmentOperation Operation, double Probability, int Level = 0)
{
    public void Apply(ref ByteImage image, bool negative)
    {
        var magnitude = Magnitude(Operation, Level, image.Width, image.Height);
        if (negative && Operation <= AutoAugmentOperation.Sharpness) magnitude = -magnitude;
        switch (Operation)
        {
            case AutoAugmentOperation.ShearX: ByteGeometry.Shear(ref image, magnitude, 0); break;
            case AutoAugmentOperation.ShearY: ByteGeometry.Shear(ref image, 0, magnitude); break;
            case AutoAugmentOperation.TranslateX: ByteGeometry.Translate(ref image, (int)magnitude, 0); break;
            case AutoAugmentOperation.TranslateY: ByteGeometry.Translate(ref image, 0, (int)magnitude); break;
            case AutoAugmentOperation.Rotate: ByteGeometry.Rotate(ref image, magnitude); break;
            case AutoAugmentOperation.Brightness: ByteTables.Brightness(image, (float)(1 + magnitude)); break;
            case AutoAugmentOperation.Color: ByteBlending.Color(image, (float)(1 + magnitude)); break;
            case AutoAugmentOperation.Contrast: ByteTables.Contrast(image, (float)(1 + magnitude)); break;
            case AutoAugmentOperation.Sharpness: ByteBlending.Sharpness(ref image, (float)(1 + magnitude)); break;
            case AutoAugmentOperation.Posterize: ByteTables.Posterize(image, (int)magnitude); break;
            case AutoAugmentOperation.Solarize: ByteTables.Solarize(image, magnitude); break;
            case AutoAugmentOperation.AutoContrast: ByteTables.AutoContrast(image); break;
            case AutoAugmentOperation.Equalize: ByteTables.Equalize(image); break;
            default: ByteTables.Invert(image); break;
        }
    }

    /// <summary>
    /// torchvision's scale of ten levels: a slope, pixels (shifts of up to 150 of 331, the size at which the pairs were learned),
    /// degrees, the distance of a factor from 1, bits that remain, or a threshold.
    /// </summary>
    public static double Magnitude(AutoAugmentOperation operation, int level, int width, int height) => operation switch
    {
        AutoAugmentOperation.ShearX or AutoAugmentOperation.ShearY => Between(0, 0.3f, level),
        AutoAugmentOperation.TranslateX => Between(0, (float)(150.0 / 331.0 * width), level),
        AutoAugmentOperation.TranslateY => Between(0, (float)(150.0 / 331.0 * height), level),
        AutoAugmentOperation.Rotate => Between(0, 30, level),
        <= AutoAugmentOperation.Sharpness => Between(0, 0.9f, level),
        AutoAugmentOperation.Posterize => 8 - Math.Round(4 * level / 9.0),
        AutoAugmentOperation.Solarize => Between(255, 0, level),
        _ => 0,
    };

    // In float32 and from the nearer end, as torch.linspace does: whole numbers decide about pixels and thresholds.
    private static float Between(float start, float end, int level)
    {
        var step = (end - start) / 9;
        return level < 5 ? start + step * level : end - step * (9 - level);
    }
}
