using SimClr.Losses;

namespace SimClr.Settings;

/// <summary>The objectives.</summary>
public enum ObjectiveKind
{
    /// <summary><see cref="Losses.NtXent"/>, the paper's choice.</summary>
    NtXent,

    /// <summary><see cref="Losses.NtLogistic"/>.</summary>
    NtLogistic,

    /// <summary><see cref="MarginTriplet"/>.</summary>
    Margin,

    /// <summary><see cref="DecoupledContrastive"/>.</summary>
    Decoupled,

    /// <summary><see cref="DecoupledContrastive"/> with a weight for every positive pair.</summary>
    WeightedDecoupled,

    /// <summary><see cref="Losses.SupervisedContrastive"/>, which needs labels.</summary>
    SupervisedContrastive,
}
