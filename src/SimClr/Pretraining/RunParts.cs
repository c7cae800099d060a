using SimClr.Augmentation;

namespace SimClr.Pretraining;

/// <summary>What a run's settings mean for each part of the library.</summary>
public static class RunParts
{
    /// <summary>The augmentation module; a colour strength of 0 turns grey off too.</summary>
    public static AugmentationOptions Augmentation(this PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var defaults = new AugmentationOptions();
        return defaults with
        {
            ImageSize = options.ImageSize,
            CropScaleMin = options.CropScaleMin,
            ColorStrength = options.ColorStrength,
            GrayscaleProbability = options.ColorStrength > 0 ? defaults.GrayscaleProbability : 0,
            BlurProbability = options.Blur,
        };
    }
}
