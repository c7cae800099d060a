using SimClr.Data;
using SimClr.Features;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>The request for a new classifier. At most one of the three ways to choose labels is given.</summary>
public sealed record ImageClassifierRequest
{
    /// <summary>The run folder whose encoder is used.</summary>
    public required string Run { get; init; }

    /// <summary>DATA with labels: a folder with one sub-folder per class, for example.</summary>
    public required string Data { get; init; }

    /// <summary>
    /// The file to write; null for <c>classifier.safetensors</c> in the run, or in the current folder where the run is the name
    /// of an encoder in the <see cref="EncoderCache"/>.
    /// </summary>
    public string? Out { get; init; }

    /// <summary>The share of the training labels to use, above 0 and at most 1; or null.</summary>
    public double? Fraction { get; init; }

    /// <summary>How many labels of each class to use, at least 2; or null.</summary>
    public int? PerClass { get; init; }

    /// <summary>A file that says which labels to use (<see cref="LabelSubset"/>); or null.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>The layer that the classifier uses: 0 for the encoder, otherwise a layer of the projection head.</summary>
    public int Layer { get; init; }

    /// <summary>
    /// Which part of the encoder is trained along with the classifier; of a layer of the projection head, all layers up to it
    /// are trained too. With <see cref="FineTunedPart.Auto"/> cross-validation decides between the encoder as it is and
    /// fine-tuned ones.
    /// </summary>
    public FineTunedPart Finetune { get; init; }

    /// <summary>Passes over the labeled images in fine-tuning, at least 1; null chooses from their number.</summary>
    public int? FinetuneEpochs { get; init; }

    /// <summary>The highest learning rate of fine-tuning, above 0.</summary>
    public double FinetuneLearningRate { get; init; } = 3e-4;

    /// <summary>Parts that the labeled images are dealt to for cross-validation, 2 to 100.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Whether it is also measured on the test part, where the data have one that was not learned from.</summary>
    public bool Test { get; init; } = true;

    /// <summary>Side S of the images in pixels, 8 to 2048; 0 means the run's size for evaluation.</summary>
    public int ImageSize { get; init; }

    /// <summary>Decides which images are in which fold, and which labels are chosen.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of one tensor operation; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Batch size, precision, device and threads that decode.</summary>
    public ImageClassifierOptions Use { get; init; } = new();

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ImageClassifierRequest Validated()
    {
        Require.OneWayToChooseLabels(Fraction, PerClass, LabelsFile);
        Require.That(PerClass is null or >= 2, nameof(PerClass), "at least 2", PerClass);
        Require.Layer(Layer);
        SettingChoices.Finetune.Require(Finetune);
        Require.That(FinetuneEpochs is null or >= 1, nameof(FinetuneEpochs), "at least 1", FinetuneEpochs);
        Require.That(FinetuneLearningRate > 0 && double.IsFinite(FinetuneLearningRate), nameof(FinetuneLearningRate), "above 0",
            FinetuneLearningRate);
        Require.That(Folds is >= 2 and <= 100, nameof(Folds), "between 2 and 100", Folds);
        Require.ImageSize(ImageSize);
        Require.Threads(Threads);
        Use.Validated();
        return this;
    }

    /// <summary>How the images are embedded.</summary>
    internal EmbedderOptions ToEmbedder() => new()
    {
        Layer = Layer,
        ImageSize = ImageSize,
        BatchSize = Use.BatchSize,
        Precision = Use.Precision,
        Device = Use.Device,
        Workers = Use.Workers,
    };

    /// <summary>The chosen labels; null where all are used.</summary>
    internal LabelSubset? Subset(IImageDataset train)
    {
        if (LabelsFile is not null) return LabelSubset.Load(LabelsFile);
        if (PerClass is { } count) return LabelSubset.OfEachClass(train, count, Seed);
        return Fraction is { } fraction ? LabelSubset.OfFraction(train, fraction, Seed) : null;
    }
}
