using SimClr.Data;
using SimClr.Settings;

namespace SimClr.Evaluation;

/// <summary>Which labels a run's network is to be trained with. At most one of the three ways to choose is given.</summary>
public sealed record FineTuningRequest
{
    /// <summary>The run folder.</summary>
    public required string Run { get; init; }

    /// <summary>DATA with labels, train and test part.</summary>
    public required string Data { get; init; }

    /// <summary>The share of the training labels to use, above 0 and at most 1; or null.</summary>
    public double? Fraction { get; init; }

    /// <summary>How many labels of each class to use, at least 1; or null.</summary>
    public int? PerClass { get; init; }

    /// <summary>A file that says which labels to use (<see cref="LabelSubset"/>); or null.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>
    /// Fine-tuning: what the classifier stands on, 0 for the encoder, otherwise that layer of the projection head, counted from
    /// 1; the layers up to it are trained too.
    /// </summary>
    public int Layer { get; init; }

    /// <summary>Fine-tuning: whether the same network is also trained from scratch with the same labels.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>How the classifier is trained.</summary>
    public FineTuningOptions Training { get; init; } = new();

    /// <summary>Checks the choice of labels; the training's settings are checked when the labels are known.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public FineTuningRequest Validated()
    {
        Require.OneWayToChooseLabels(Fraction, PerClass, LabelsFile);
        Require.That(PerClass is null or >= 1, nameof(PerClass), "at least 1", PerClass);
        Require.Layer(Layer);
        return this;
    }

    /// <summary>The labels.</summary>
    /// <exception cref="DataException">They cannot be chosen from these images.</exception>
    internal LabelSubset ChooseFrom(IImageDataset train)
    {
        if (LabelsFile is not null) return LabelSubset.Load(LabelsFile);
        return PerClass is { } count
            ? LabelSubset.OfEachClass(train, count, Training.Seed)
            : LabelSubset.OfFraction(train, Fraction ?? 1, Training.Seed);
    }
}
