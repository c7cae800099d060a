using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// Where a finished network runs: images in, features out. While this object lives the network is frozen
/// (<see cref="FrozenEncoder"/>); disposing restores it and does not dispose it. Images are decoded and rendered on all cores
/// ahead of the network.
/// </summary>
public sealed class FeatureExtractor : IDisposable
{
    private readonly FrozenEncoder _frozen;
    private readonly EvaluationBatchOptions _batches;
    private readonly AveragedViews _views = AveragedViews.One;

    /// <summary>Freezes a network, where it is.</summary>
    /// <param name="network">Images <c>[B, 3, S, S]</c> to features <c>[B, d]</c>.</param>
    /// <param name="precision">The type in which images are given to it.</param>
    /// <param name="device">Where batches go; the network's parameters are there already.</param>
    /// <param name="batches">How batches are made, for one pass over the images.</param>
    public FeatureExtractor(nn.Module<Tensor, Tensor> network, ScalarType precision, Device device,
        EvaluationBatchOptions batches)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(batches);
        Device = device;
        _batches = batches with { CacheBytes = 0, PageLocked = device.type == DeviceType.CUDA };
        _frozen = new FrozenEncoder(network, precision);
    }

    /// <summary>Where batches go.</summary>
    public Device Device { get; }

    /// <summary>
    /// V, over how many views of an image the network's output is averaged. 1: the image as the transform makes it. 2: that and
    /// its mirror image, left and right exchanged. 10: that and four crops with 7/8 of the side of the central square, one in
    /// each of its corners and resized to S × S, each with its mirror image; from S = 64 on these are the ten crops of
    /// Krizhevsky et al. 2012 (ImageNet Classification with Deep Convolutional Neural Networks, Section 4.1), there of class
    /// probabilities. The output is not normalized before it is averaged. Takes V times the arithmetic; each image is decoded
    /// once.
    /// </summary>
    /// <exception cref="SettingsException">It is none of 1, 2 and 10.</exception>
    public int UseViews
    {
        get => _views.Count;
        init => _views = AveragedViews.Of(value);
    }

    /// <summary>Computes the features of a dataset's images.</summary>
    /// <param name="images">The images; those that cannot be read are left out.</param>
    /// <param name="transform">Makes them ready for the network.</param>
    /// <param name="unreadable">Remembers which could not be read; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>
    /// A row for each readable image, in the dataset's order, with its label: the mean over <see cref="UseViews"/> views.
    /// </returns>
    /// <exception cref="DataException">No image can be read.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public FeatureSet Extract(IImageDataset images, EvaluationTransform transform, UnreadableImages? unreadable = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Extract(Batches(images, transform, unreadable), images.ClassNames, pass: 0, _views, cancellationToken);
    }

    /// <summary>Computes the features of a batch.</summary>
    /// <param name="images">
    /// Images <c>[B, 3, S, S]</c>; they stay the caller's. For 10 views <c>[5·B, 3, S, S]</c>: the center, top left, top right,
    /// bottom left and bottom right of each image, one after the other. Mirror images are made here.
    /// </param>
    /// <returns><c>[B, d]</c> row by row, the means over <see cref="UseViews"/> views.</returns>
    /// <exception cref="ObjectDisposedException">This object is disposed, perhaps by another thread meanwhile.</exception>
    public float[] Extract(Tensor images) => _frozen.Extract(images, _views);

    /// <inheritdoc/>
    public void Dispose() => _frozen.Dispose();

    /// <summary>Computes the features of one of several passes over augmented images, of one view each.</summary>
    internal FeatureSet Extract(EvaluationBatches batches, IReadOnlyList<string> classNames, int pass,
        CancellationToken cancellationToken) => Extract(batches, classNames, pass, AveragedViews.One, cancellationToken);

    /// <summary>The images of a dataset as the network is given them, once: their crops.</summary>
    internal EvaluationBatches Batches(
        IImageDataset images, EvaluationTransform transform, UnreadableImages? unreadable, bool allowNone = false)
    {
        ArgumentNullException.ThrowIfNull(transform);
        var options = _batches with
        {
            AllowNone = allowNone,
            BatchSize = Math.Max(1, _batches.BatchSize / _views.Crops.Count), // as much in a forward pass as for one view
        };
        return new(images, new EvaluationRendering.Unchanged(transform, _views.Crops), options, unreadable ?? new());
    }

    /// <summary>The images of a dataset augmented anew in every pass; decoded ones are kept as far as there is room.</summary>
    internal EvaluationBatches Batches(IImageDataset images, EvaluationRendering.Augmented rendering,
        UnreadableImages unreadable) =>
        new(images, rendering, _batches with { CacheBytes = null }, unreadable);

    private FeatureSet Extract(EvaluationBatches batches, IReadOnlyList<string> classNames, int pass, AveragedViews views,
        CancellationToken cancellationToken) =>
        _frozen.Extract(batches.Pass(pass, cancellationToken).Select(batch => (batch.ToTensor(), batch.Labels.ToArray())),
            classNames, views, cancellationToken);
}
