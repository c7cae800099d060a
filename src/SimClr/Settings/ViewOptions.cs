using SimClr.Augmentation;

namespace SimClr.Settings;

/// <summary>How images become views.</summary>
public sealed record ViewOptions
{
    /// <summary>
    /// Views V of each image that a step compares, 2 to 32; more than two with the objectives that take them
    /// (<see cref="Losses.ContrastiveLoss.TakesManyViews"/>). A step computes V times as many views as it has images.
    /// </summary>
    public int Views { get; init; } = 2;

    /// <summary>
    /// The transforms that make a view of an image: their names in order, with commas between. The default is the paper's
    /// policy; leaving a name out turns that part off. Without <c>crop</c> a view shows the largest central square, and with
    /// <c>none</c> nothing else is done.
    /// </summary>
    public string Transforms { get; init; } = "crop,flip,color,gray,blur";

    /// <summary>
    /// Transforms of the second view of each image, and of the fourth, the sixth and so on, where they differ from the first's
    /// (Figure 5); else empty.
    /// </summary>
    public string SecondTransforms { get; init; } = "";

    /// <summary>Strength s of the color distortion, 0 to 2 (paper, Appendix A); 0 turns jitter and gray off.</summary>
    public double ColorStrength { get; init; } = 1;

    /// <summary>Probability that a view loses its color, 0 to 1.</summary>
    public double Gray { get; init; } = 0.2;

    /// <summary>Probability of the Gaussian blur, 0 to 1; 0 turns it off (as the paper does for CIFAR-10).</summary>
    public double Blur { get; init; } = 0.5;

    /// <summary>Smallest area of a random crop as a fraction of the image's, above 0 and at most 1.</summary>
    public double CropScaleMin { get; init; } = 0.08;

    /// <summary>
    /// The policies of first and second views; one and the same unless <see cref="SecondTransforms"/> says otherwise.
    /// </summary>
    /// <param name="model">Decides the side of the views and how their pixels are normalized.</param>
    /// <exception cref="SettingsException">A list of names makes no policy.</exception>
    public (AugmentationPolicy First, AugmentationPolicy Second) CreatePolicies(ModelOptions model)
    {
        var first = TransformNames.Policy(Transforms, this, model);
        return (first, SecondTransforms == "" ? first : TransformNames.Policy(SecondTransforms, this, model));
    }

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ViewOptions Validated()
    {
        Require.That(Views is >= 2 and <= 32, nameof(Views), "between 2 and 32", Views);
        Require.That(ColorStrength is >= 0 and <= 2, nameof(ColorStrength), "between 0 and 2", ColorStrength);
        TransformNames.Validate(nameof(Transforms), Transforms);
        if (SecondTransforms != "") TransformNames.Validate(nameof(SecondTransforms), SecondTransforms);
        Require.That(Gray is >= 0 and <= 1, nameof(Gray), "a probability between 0 and 1", Gray);
        Require.That(Blur is >= 0 and <= 1, nameof(Blur), "a probability between 0 and 1", Blur);
        Require.That(CropScaleMin is > 0 and <= 1, nameof(CropScaleMin), "above 0 and at most 1", CropScaleMin);
        return this;
    }
}
