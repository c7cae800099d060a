namespace SimClr.Augmentation;

/// <summary>A square part of an image that evaluation gives to the encoder.</summary>
internal enum EvaluationCrop
{
    /// <summary>The one of <see cref="EvaluationTransform"/> itself.</summary>
    Center,

    /// <summary>
    /// A corner of the central square, with 7/8 of its side: the shorter side of the image is resized to 8/7 of S, and S × S
    /// pixels are cropped.
    /// </summary>
    TopLeft,

    /// <inheritdoc cref="TopLeft"/>
    TopRight,

    /// <inheritdoc cref="TopLeft"/>
    BottomLeft,

    /// <inheritdoc cref="TopLeft"/>
    BottomRight,
}
