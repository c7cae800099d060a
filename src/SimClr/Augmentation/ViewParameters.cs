namespace SimClr.Augmentation;

/// <summary>Everything random about one view: what was drawn, apart from the pixels it is applied to.</summary>
public readonly record struct ViewParameters
{
    /// <summary>The part of the picture that is seen, in its pixels.</summary>
    public required CropBox Crop { get; init; }

    /// <summary>Whether left and right are exchanged.</summary>
    public bool Flip { get; init; }

    /// <summary>The colour jitter, or null for none.</summary>
    public ColorJitterParameters? Jitter { get; init; }

    /// <summary>Whether colour is removed.</summary>
    public bool Grayscale { get; init; }

    /// <summary>Standard deviation of the blur in output pixels, or null for none.</summary>
    public float? BlurSigma { get; init; }
}
