using SimClr.Augmentation;
using SimClr.Data;
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

    /// <summary>Computes the features of a dataset's images.</summary>
    /// <param name="images">The images; those that cannot be read are left out.</param>
    /// <param name="transform">Makes them ready for the network.</param>
    /// <param name="unreadable">Remembers which could not be read; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>A row for each readable image, in the dataset's order, with its label.</returns>
    /// <exception cref="DataException">No image can be read.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public FeatureSet Extract(IImageDataset images, EvaluationTransform transform, UnreadableImages? unreadable = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Extract(Batches(images, transform, unreadable), images.ClassNames, pass: 0, cancellationToken);
    }

    /// <summary>Computes the features of a batch.</summary>
    /// <param name="images">Images <c>[B, 3, S, S]</c>; they stay the caller's.</param>
    /// <returns><c>[B, d]</c> row by row.</returns>
    /// <exception cref="ObjectDisposedException">This object is disposed, perhaps by another thread meanwhile.</exception>
    public float[] Extract(Tensor images) => _frozen.Extract(images);

    /// <inheritdoc/>
    public void Dispose() => _frozen.Dispose();

    /// <summary>Computes the features of one of several passes over some batches.</summary>
    internal FeatureSet Extract(EvaluationBatches batches, IReadOnlyList<string> classNames, int pass,
        CancellationToken cancellationToken) =>
        _frozen.Extract(batches.Pass(pass, cancellationToken).Select(batch => (batch.ToTensor(), batch.Labels.ToArray())),
            classNames, cancellationToken);

    /// <summary>The images of a dataset as the network is given them, once.</summary>
    internal EvaluationBatches Batches(
        IImageDataset images, EvaluationTransform transform, UnreadableImages? unreadable, bool allowNone = false) =>
        new(images, transform, _batches with { AllowNone = allowNone }, unreadable ?? new());

    /// <summary>The images of a dataset augmented anew in every pass; decoded ones are kept as far as there is room.</summary>
    internal EvaluationBatches Batches(IImageDataset images, EvaluationRendering.Augmented rendering,
        UnreadableImages unreadable) =>
        new(images, rendering, _batches with { CacheBytes = null }, unreadable);
}
