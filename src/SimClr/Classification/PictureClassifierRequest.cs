using SimClr.Data;
using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>What a classifier is to be made of. At most one of the three ways to choose labels is given.</summary>
public sealed record PictureClassifierRequest
{
    /// <summary>The run folder whose encoder is used.</summary>
    public required string Run { get; init; }

    /// <summary>DATA with labels: a folder with one sub-folder per class, for example.</summary>
    public required string Data { get; init; }

    /// <summary>The file to write, or null for <c>RUN/classifier.safetensors</c>.</summary>
    public string? Out { get; init; }

    /// <summary>The share of the training labels to use, above 0 and at most 1; or null.</summary>
    public double? Fraction { get; init; }

    /// <summary>How many labels of each class to use, at least 2; or null.</summary>
    public int? PerClass { get; init; }

    /// <summary>A file that says which labels to use (<see cref="LabelSubset"/>); or null.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>What the classifier stands on: 0 for the encoder, otherwise a layer of the projection head.</summary>
    public int Layer { get; init; }

    /// <summary>Parts that the labelled pictures are dealt to for cross-validation, 2 to 100.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Whether it is also measured on the test part, where the data have one that was not learned from.</summary>
    public bool Test { get; init; } = true;

    /// <summary>Side S of the pictures in pixels, 8 to 2048; 0 means what the run is evaluated at.</summary>
    public int ImageSize { get; init; }

    /// <summary>Decides which pictures are in which fold, and which labels are chosen.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of one tensor operation; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Batch size, precision, device and threads that decode.</summary>
    public PictureClassifierOptions Use { get; init; } = new();

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names option, bound and value.</exception>
    public PictureClassifierRequest Validated()
    {
        if (new object?[] { Fraction, PerClass, LabelsFile }.Count(way => way is not null) > 1)
            throw new SettingsException("Give one of --fraction, --per-class and --labels: each says which labels to use.");
        if (Fraction is { } fraction && !(fraction > 0 && fraction <= 1))
            throw new SettingsException($"--fraction must be above 0 and at most 1, not {fraction}.");
        if (PerClass < 2) throw new SettingsException($"--per-class must be at least 2, not {PerClass}.");
        if (Layer < 0) throw new SettingsException($"--layer must be at least 0 (0 is the encoder), not {Layer}.");
        if (Folds is < 2 or > 100) throw new SettingsException($"--folds must be between 2 and 100, not {Folds}.");
        if (ImageSize is not (0 or (>= 8 and <= 2048)))
            throw new SettingsException($"--image-size must be between 8 and 2048, or 0 for the run's, not {ImageSize}.");
        if (Threads < 0) throw new SettingsException($"--threads must be at least 0 (0 means all cores), not {Threads}.");
        Use.Validated();
        return this;
    }

    /// <summary>The chosen labels; null where all are used.</summary>
    internal LabelSubset? Subset(IImageDataset train)
    {
        if (LabelsFile is not null) return LabelSubset.Load(LabelsFile);
        if (PerClass is { } count) return LabelSubset.OfEachClass(train, count, Seed);
        return Fraction is { } fraction ? LabelSubset.OfFraction(train, fraction, Seed) : null;
    }
}
