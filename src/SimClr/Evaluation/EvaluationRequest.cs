using SimClr.Features;
using SimClr.Settings;

namespace SimClr.Evaluation;

/// <summary>An evaluation that is asked for, and its settings.</summary>
public sealed record EvaluationRequest
{
    /// <summary>The run folder whose encoder is judged.</summary>
    public required string Run { get; init; }

    /// <summary>DATA with labels, train and test part.</summary>
    public required string Data { get; init; }

    /// <summary>
    /// <c>linear</c> (<see cref="LinearProbe"/>), <c>linear-sgd</c> (<see cref="SgdProbe"/>) or <c>knn</c>
    /// (<see cref="KNearestNeighbors"/>).
    /// </summary>
    public string Protocol { get; init; } = "linear";

    /// <summary>
    /// The evaluated layer: 0 for the encoder's h, otherwise the output of that layer of the projection head, counted from 1.
    /// </summary>
    public int Layer { get; init; }

    /// <summary>Neighbors of the kNN protocol.</summary>
    public int K { get; init; } = 200;

    /// <summary>Temperature of the kNN weights.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Whether raw pixels and a random encoder are judged too.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>Passes of the linear-sgd protocol over the training part.</summary>
    public int Epochs { get; init; } = 90;

    /// <summary>Base learning rate of the linear-sgd protocol; the first step's is this times the batch size / 256.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>
    /// How many augmented copies of the training part the linear-sgd protocol goes through in turn. With as many as there are
    /// epochs every epoch sees new ones, as in the paper; fewer are kept in memory. 0 means the images as they are, in every
    /// epoch. Crops are as large as the run's.
    /// </summary>
    public int Views { get; init; } = 4;

    /// <summary>
    /// V, over how many views of an image its features are averaged: 1 (the image), 2 (and its mirror image) or 10 (ten crops);
    /// see <see cref="FeatureExtractor.UseViews"/>. For the training and the test part, of the encoder and of the random one; raw
    /// pixels and the random crops of the linear-sgd protocol are never averaged.
    /// </summary>
    public int UseViews { get; init; } = 1;

    /// <summary>Images per forward pass, and per step of the linear-sgd protocol.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Side of the images; 0 means the run's.</summary>
    public int ImageSize { get; init; }

    /// <summary>The device, the precision and the threads.</summary>
    public ComputeOptions Compute { get; init; } = new();

    /// <summary>Seed of the classifier and of the random encoder.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Maximum number of training images; 0 means all. All test images are used.</summary>
    public int Limit { get; init; }

    /// <summary>The settings of the kNN protocol.</summary>
    internal KnnOptions Neighbors => new() { K = K, Temperature = Temperature, Device = Compute.Device };

    /// <summary>The settings of the linear-sgd protocol.</summary>
    internal SgdProbeOptions Descent =>
        new() { Epochs = Epochs, BatchSize = BatchSize, LearningRate = LearningRate, Seed = Seed };

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public EvaluationRequest Validated()
    {
        Require.OneOf(nameof(Protocol), Protocol, "linear", "linear-sgd", "knn");
        Require.Layer(Layer);
        Require.That(K >= 1, nameof(K), "at least 1", K);
        Require.That(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), "above 0", Temperature);
        Require.That(Epochs >= 1, nameof(Epochs), "at least 1", Epochs);
        Require.That(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), "above 0", LearningRate);
        Require.That(Views >= 0, nameof(Views), "at least 0 (0 means no random crops)", Views);
        Require.UseViews(UseViews);
        Require.That(BatchSize >= 1, nameof(BatchSize), "at least 1", BatchSize);
        Require.ImageSize(ImageSize);
        Require.Part(Compute, nameof(Compute)).Validated();
        Require.Limit(Limit);
        return this;
    }
}
