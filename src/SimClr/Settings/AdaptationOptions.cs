using SimClr.Models;

namespace SimClr.Settings;

/// <summary>How the weights that a run begins with are treated with care, so that little data does not spoil them.</summary>
public sealed record AdaptationOptions
{
    /// <summary>
    /// Parts of the encoder that stay as they are, batch norm statistics included, counted from the images: 0 none, 1 the stem,
    /// 2 to 4 the stem and one to three of the four stages.
    /// </summary>
    public int Freeze { get; init; }

    /// <summary>
    /// The learning rate of a part as a share of that of the part above it, above 0 to 1, where 1 is the same rate for all: with
    /// the factor d the head learns at the full rate, the last stage at d times it, the one below at d², the stem at d⁵ (Howard
    /// and Ruder 2018, arXiv:1801.06146, Section 3.2).
    /// </summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>
    /// Epochs at the start in which the head learns alone, below all epochs; fractions are allowed. A head that starts at random
    /// would otherwise send its errors into an encoder that is good already. Behind them the encoder has its own warmup.
    /// </summary>
    public double HeadEpochs { get; init; }

    /// <summary>
    /// Whether the finished encoder is compared with the one that the run began with, and the better one is kept. Needs
    /// <see cref="PretrainingOptions.InitialWeights"/>.
    /// </summary>
    public bool KeepBetter { get; init; }

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public AdaptationOptions Validated()
    {
        Require.That(Freeze is >= 0 and < SimClrModel.Parts - 1, nameof(Freeze),
            "between 0 (none) and 4 (the stem and three stages)", Freeze);
        Require.That(LayerDecay is > 0 and <= 1, nameof(LayerDecay), "above 0 and at most 1 (one rate for all)", LayerDecay);
        Require.That(HeadEpochs >= 0 && double.IsFinite(HeadEpochs), nameof(HeadEpochs), "at least 0", HeadEpochs);
        return this;
    }
}
