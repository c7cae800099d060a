using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Images;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Runs;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// Turns images into vectors with the encoder of a run. Images are decoded in full, resized and cropped as in evaluation,
/// without anything random: however an image comes, as a file, as its bytes or decoded, its vector is the same. Safe for
/// many threads: images are decoded side by side, and go through the encoder in turns, each on all cores. A call gives the
/// same bits in parallel with others as alone. Disposing waits for the pass under way; later calls are refused.
/// </summary>
public sealed class Embedder : IDisposable
{
    private readonly EmbedderOptions _options;
    private readonly Backbone _network;
    private readonly BothWaysRound? _bothWays; // around the network
    private readonly FeatureExtractor _extractor;
    private readonly AveragedViews _views;
    private readonly CallMemories _calls = new(Environment.ProcessorCount);
    private int _isDisposed;

    private Embedder(Backbone network, ModelOptions model, EmbedderOptions options)
    {
        (_options, _views) = (options, AveragedViews.Of(options.UseViews));
        ImageSize = options.ImageSize > 0 ? options.ImageSize : model.EvaluationSide;
        Transform = new EvaluationTransform(ImageSize, model.ToNormalization());
        Device = TorchRuntime.SelectDevice(options.Device);
        var precision = TorchRuntime.SelectPrecision(options.Precision, Device);
        _network = network;
        _network.to(Device);
        if (options.BothWays) _bothWays = new BothWaysRound(_network);
        nn.Module<Tensor, Tensor> asked = _bothWays is null ? _network : _bothWays;
        _extractor = new FeatureExtractor(asked, precision, Device,
            new() { BatchSize = options.BatchSize, Workers = options.Workers })
        {
            UseViews = options.UseViews,
        };
    }

    /// <summary>d, the length of a vector.</summary>
    public int Dimension => _network.Dimension;

    /// <summary>Side S in pixels of what the encoder is given.</summary>
    public int ImageSize { get; }

    /// <summary>0 for h, else a layer of the projection head.</summary>
    public int Layer => _options.Layer;

    /// <summary>V, over how many views of an image its vector is the mean.</summary>
    public int UseViews => _options.UseViews;

    /// <summary>Whether mirror images get the same vector.</summary>
    internal bool IsBothWays => _options.BothWays;

    /// <summary>The run that the encoder is of, or null where it is not from a run folder.</summary>
    internal RunFolder? Run { get; private init; }

    /// <summary>The network that is asked.</summary>
    internal Backbone Network => _network;

    /// <summary>Where the encoder computes.</summary>
    public Device Device { get; }

    /// <summary>The transform that prepares images for the encoder.</summary>
    internal EvaluationTransform Transform { get; }

    /// <summary>Loads the encoder of a run.</summary>
    /// <param name="run">The run folder, of a finished run or an imported one.</param>
    /// <param name="options">How to embed, or null for h as it is.</param>
    /// <exception cref="RunFolderException">There is no such run, it has no encoder yet, or lacks the head.</exception>
    /// <exception cref="SettingsException">The run's head has no such layer.</exception>
    /// <exception cref="EmbeddingException">An option is out of its bounds.</exception>
    public static Embedder Open(string run, EmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        options = (options ?? new()).Validated();
        var folder = RunFolder.Open(run);
        folder.RequireEncoder();
        var model = folder.ReadConfig().Options.Model;
        var network = Backbone.Open(folder, model, options.Layer);
        try
        {
            return new Embedder(network, model, options) { Run = folder };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Embeds with a network that does not lie in a run folder, and becomes the embedder's own.</summary>
    internal static Embedder Of(Backbone network, ModelOptions model, EmbedderOptions options) =>
        new(network, model, options.Validated());

    /// <summary>Embeds a dataset as it is enumerated: images are decoded on all cores ahead of the encoder.</summary>
    /// <param name="images">The images.</param>
    /// <param name="logger">Receives a warning for each image that cannot be read and is left out; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>The readable images in the dataset's order. Leaving the loop early ends all work.</returns>
    /// <exception cref="DataException">No image can be read (thrown while enumerating).</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite (thrown while enumerating).</exception>
    /// <exception cref="ObjectDisposedException">The embedder is disposed (thrown while enumerating).</exception>
    public IEnumerable<EmbeddedImage> Embed(
        IImageDataset images, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Embed(images, allowNone: false, logger, cancellationToken);
    }

    /// <summary>Embeds a dataset as it is enumerated, and collects the images that cannot be read.</summary>
    /// <param name="images">The images.</param>
    /// <param name="unreadable">
    /// Receives each image that cannot be read and is left out, while enumerating. Images that it holds already are not tried
    /// again.
    /// </param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>The readable images in the dataset's order. Leaving the loop early ends all work.</returns>
    /// <exception cref="DataException">No image can be read (thrown while enumerating).</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite (thrown while enumerating).</exception>
    /// <exception cref="ObjectDisposedException">The embedder is disposed (thrown while enumerating).</exception>
    public IEnumerable<EmbeddedImage> Embed(
        IImageDataset images, UnreadableImages unreadable, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(unreadable);
        return images.Count == 0 ? [] : Enumerate(images, allowNone: false, unreadable, cancellationToken);
    }

    /// <summary>The same; it may be that no image can be read, and nothing comes out.</summary>
    internal IEnumerable<EmbeddedImage> Embed(
        IImageDataset images, bool allowNone, ILogger? logger, CancellationToken cancellationToken) =>
        images.Count == 0 ? [] : Logged(images, allowNone, logger, cancellationToken);

    /// <summary>Embeds a decoded image; it must not change meanwhile.</summary>
    /// <returns><c>[d]</c> float32.</returns>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The embedder is disposed.</exception>
    public float[] Embed(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var call = _calls.Enter();
        return Embed(image, call.Memory);
    }

    /// <summary>Embeds an image file in memory, of the formats that <see cref="ImageCodec"/> reads.</summary>
    /// <param name="file">All bytes of the file.</param>
    /// <returns><c>[d]</c> float32.</returns>
    /// <exception cref="ImageFormatException">The bytes are no image that can be decoded; the message says why.</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The embedder is disposed.</exception>
    public float[] Embed(ReadOnlySpan<byte> file)
    {
        using var call = _calls.Enter();
        ImageCodec.Decode(file, shrink: 1, call.Memory.Decoded);
        return Embed(call.Memory.Decoded, call.Memory);
    }

    /// <summary>Embeds an image file.</summary>
    /// <param name="path">The file; its name need not end as an image's does.</param>
    /// <returns><c>[d]</c> float32.</returns>
    /// <exception cref="DataException">It cannot be read; the message names it and says why.</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The embedder is disposed.</exception>
    public float[] Embed(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var call = _calls.Enter();
        ImageFolder.LoadFile(path, call.Memory.Decoded);
        return Embed(call.Memory.Decoded, call.Memory);
    }

    /// <summary>Releases the encoder, when the forward pass under way is done.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _extractor.Dispose();
        _bothWays?.Dispose();
        _network.Dispose();
    }

    private float[] Embed(RgbImage image, CallMemory memory)
    {
        var crops = _views.Crops;
        var pixels = memory.View(checked(Transform.ViewLength * crops.Count));
        for (var i = 0; i < crops.Count; i++)
            Transform.Render(image, crops[i],
                MemoryMarshal.AsBytes(pixels.AsSpan(i * Transform.ViewLength, Transform.ViewLength)), PixelFormat.Default,
                memory.Scratch);
        using var flat = tensor(pixels);
        using var rows = flat.view(crops.Count, ImageSize, ImageSize, 3);
        using var images = rows.permute(0, 3, 1, 2); // [C, 3, S, S], channels last
        using var input = images.to(Device);
        return Finished(_extractor.Extract(input));
    }

    // An iterator, so that each enumeration tries and logs all images.
    private IEnumerable<EmbeddedImage> Logged(
        IImageDataset images, bool allowNone, ILogger? logger, CancellationToken cancellationToken)
    {
        var unreadable = new UnreadableImages();
        unreadable.Found += image => logger?.ImageUnreadable(image.Image, image.Reason);
        foreach (var embedded in Enumerate(images, allowNone, unreadable, cancellationToken)) yield return embedded;
    }

    private IEnumerable<EmbeddedImage> Enumerate(
        IImageDataset images, bool allowNone, UnreadableImages unreadable, CancellationToken cancellationToken)
    {
        foreach (var batch in Batches(images, unreadable, allowNone).All(cancellationToken))
        {
            float[] vectors;
            using (var planar = batch.ToTensor(Device)) vectors = Forward(planar); // [B, d]
            for (var row = 0; row < batch.Indices.Count; row++)
                yield return new(batch.Indices[row], Finished(vectors.AsSpan(row * Dimension, Dimension).ToArray()));
        }
    }

    /// <summary>A dataset as the encoder is given it.</summary>
    public EvaluationBatches Batches(IImageDataset images, UnreadableImages bad, bool allowNone = false) =>
        _extractor.Batches(images, Transform, bad, allowNone);

    /// <summary>Takes images <c>[B, 3, S, S]</c>, or <c>[5·B, 3, S, S]</c> for 10 views, through the encoder.</summary>
    /// <returns>Rows <c>[B, d]</c>.</returns>
    public float[] Forward(Tensor images) => _extractor.Extract(images);

    private float[] Finished(float[] vector)
    {
        var norm = UnitLength.Norm(vector);
        if (!double.IsFinite(norm)) throw new EmbeddingException("The encoder's output is not finite; the run has diverged.");
        if (_options.Normalize) UnitLength.Scale(vector, norm);
        return vector;
    }
}
