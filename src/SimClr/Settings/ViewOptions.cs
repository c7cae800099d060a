using System.Text.Json.Serialization;
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

    /// <summary>
    /// Brightness factors lie within 1 ± this times <see cref="ColorStrength"/>, never below 0; at least 0, which changes
    /// nothing.
    /// </summary>
    public double Brightness { get; init; } = 0.8;

    /// <summary>The same for contrast.</summary>
    public double Contrast { get; init; } = 0.8;

    /// <summary>The same for saturation.</summary>
    public double Saturation { get; init; } = 0.8;

    /// <summary>
    /// The hue turns either way by up to this part of a full turn times <see cref="ColorStrength"/>, which makes at most 0.5.
    /// </summary>
    public double Hue { get; init; } = 0.2;

    /// <summary>Probability that a view loses its color, 0 to 1.</summary>
    public double Gray { get; init; } = 0.2;

    /// <summary>Probability of the Gaussian blur, 0 to 1; 0 turns it off (as the paper does for CIFAR-10).</summary>
    public double Blur { get; init; } = 0.5;

    /// <summary>Smallest area of a random crop as a fraction of the image's, above 0 and at most 1.</summary>
    public double CropScaleMin { get; init; } = 0.08;

    /// <summary>Largest area of a random crop, at least the smallest and at most 1.</summary>
    public double CropScaleMax { get; init; } = 1;

    /// <summary>How crops are resized.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>
    /// Small views K of each image besides the V others, 0 to 32 (multi-crop, Caron et al. 2020, arXiv:2006.09882): small
    /// parts of the image at a small side, which cost little. They go through the network in a pass of their own, and the
    /// objective compares all V + K views of each image with each other, small ones with small ones too. Only with the
    /// objectives that take more than two views.
    /// </summary>
    public int SmallViews { get; init; }

    /// <summary>Side of small views in pixels, 8 to 2048; 0 means half of the others' side at the end of the run.</summary>
    public int SmallSize { get; init; }

    /// <summary>Areas of small views as parts of the image's, in place of the other views'.</summary>
    public ScaleRange SmallScale { get; init; } = new(0.05, 0.25);

    /// <summary>Rows of each image in a step, V + K.</summary>
    [JsonIgnore]
    public int All => Views + SmallViews;

    /// <summary>Side of small views in pixels.</summary>
    /// <param name="model">Decides it where it is not set.</param>
    public int SmallSide(ModelOptions model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return SmallSize > 0 ? SmallSize : Math.Max(ImageSizes.Smallest, (model.ImageSize.Last + 1) / 2);
    }

    /// <summary>The policies of first and second small views.</summary>
    /// <param name="model">Decides the side of the views and how their pixels are normalized.</param>
    /// <exception cref="SettingsException">A list of names makes no policy.</exception>
    public (AugmentationPolicy First, AugmentationPolicy Second) CreateSmallPolicies(ModelOptions model) =>
        (this with { CropScaleMin = SmallScale.Min, CropScaleMax = SmallScale.Max })
        .CreatePolicies(model with { ImageSize = SmallSide(model) });

    /// <summary>
    /// The policies of first and second views; one and the same unless <see cref="SecondTransforms"/> says otherwise.
    /// </summary>
    /// <param name="model">Decides the side of the views, which is that of the end of the run, and how their pixels are
    /// normalized.</param>
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
        RequireJitter(Brightness, nameof(Brightness));
        RequireJitter(Contrast, nameof(Contrast));
        RequireJitter(Saturation, nameof(Saturation));
        Require.That(Hue >= 0 && Hue * ColorStrength <= 0.5, nameof(Hue),
            $"at least 0, and with {nameof(ColorStrength)} {ColorStrength} at most half a turn", Hue, nameof(ColorStrength));
        TransformNames.Validate(nameof(Transforms), Transforms);
        if (SecondTransforms != "") TransformNames.Validate(nameof(SecondTransforms), SecondTransforms);
        Require.That(Gray is >= 0 and <= 1, nameof(Gray), "a probability between 0 and 1", Gray);
        Require.That(Blur is >= 0 and <= 1, nameof(Blur), "a probability between 0 and 1", Blur);
        Require.That(CropScaleMin is > 0 and <= 1, nameof(CropScaleMin), "above 0 and at most 1", CropScaleMin);
        Require.That(CropScaleMax >= CropScaleMin && CropScaleMax <= 1, nameof(CropScaleMax),
            $"between {nameof(CropScaleMin)} ({CropScaleMin}) and 1", CropScaleMax, nameof(CropScaleMin));
        SettingChoices.Interpolation.Require(Interpolation);
        Require.That(SmallViews is >= 0 and <= 32, nameof(SmallViews), "between 0 and 32", SmallViews);
        Require.Side(SmallSize, nameof(SmallSize), "half of the views' side");
        SmallScale.Validate(nameof(SmallScale));
        return this;
    }

    private static void RequireJitter(double amount, string name) =>
        Require.That(amount is >= 0 and <= 10, name, "between 0 and 10", amount);
}
