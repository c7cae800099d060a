using SimClr.Losses;

namespace SimClr.Settings;

/// <summary>The objective that training minimizes, and its settings.</summary>
public sealed record ObjectiveOptions
{
    /// <summary>Which objective.</summary>
    public ObjectiveKind Loss { get; init; } = ObjectiveKind.NtXent;

    /// <summary>Temperature τ of the objective, above 0; <see cref="ObjectiveKind.Margin"/> has none.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>
    /// Negatives that <see cref="ObjectiveKind.NtLogistic"/> and <see cref="ObjectiveKind.Margin"/> look at; the others weigh
    /// all.
    /// </summary>
    public NegativeMining Negatives { get; init; } = NegativeMining.All;

    /// <summary>Margin m of <see cref="ObjectiveKind.Margin"/>, at least 0.</summary>
    public double Margin { get; init; } = 0.4;

    /// <summary>Whether the objective compares directions (cosines) instead of dot products of z.</summary>
    public bool NormalizeProjections { get; init; } = true;

    /// <summary>The objective.</summary>
    /// <exception cref="SettingsException"><see cref="Loss"/> is undefined.</exception>
    public ContrastiveLoss Create()
    {
        ContrastiveLoss loss = Loss switch
        {
            ObjectiveKind.NtXent => new NtXent { Temperature = Temperature },
            ObjectiveKind.NtLogistic => new NtLogistic { Temperature = Temperature, Negatives = Negatives },
            ObjectiveKind.Margin => new MarginTriplet { Margin = Margin, Negatives = Negatives },
            ObjectiveKind.Decoupled => new DecoupledContrastive { Temperature = Temperature },
            ObjectiveKind.WeightedDecoupled => new DecoupledContrastive { Temperature = Temperature, PositiveWeightSigma = 0.5 },
            ObjectiveKind.SupervisedContrastive => new SupervisedContrastive { Temperature = Temperature },
            _ => throw SettingChoices.Loss.Undefined(Loss),
        };
        return loss with { Normalize = NormalizeProjections };
    }

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ObjectiveOptions Validated()
    {
        SettingChoices.Loss.Require(Loss);
        SettingChoices.Negatives.Require(Negatives);
        Require.That(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), "above 0", Temperature);
        Require.That(Negatives == NegativeMining.All || Loss is ObjectiveKind.NtLogistic or ObjectiveKind.Margin,
            nameof(Negatives),
            "all unless the loss is nt-logistic or margin",
            $"{SettingChoices.Negatives.WordOf(Negatives)} for {SettingChoices.Loss.WordOf(Loss)}");
        Require.That(Margin >= 0 && double.IsFinite(Margin), nameof(Margin), "at least 0", Margin);
        Require.That(Margin > 0 || Loss != ObjectiveKind.Margin || Negatives == NegativeMining.All, nameof(Margin),
            "above 0 with semi-hard negatives", Margin);
        return this;
    }
}
