using Microsoft.Extensions.AI;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Runs;
using SimClr.Search;
using SimClr.Settings;

namespace SimClr.Extensions;

/// <summary>
/// The encoder of a run as an embedding generator of Microsoft.Extensions.AI, for images that are decoded (<see
/// cref="RgbImage"/>) and for image files in memory (<see cref="DataContent"/> with an <c>image/…</c> media type). Safe for
/// many threads; images go through the encoder one request after the other, each on all cores.
/// </summary>
public sealed class ImageEmbeddingGenerator :
    IEmbeddingGenerator<DataContent, Embedding<float>>, IEmbeddingGenerator<RgbImage, Embedding<float>>
{
    private const string ProviderName = "simclr";
    private const int HashCharacters = 12;

    private readonly Embedder _embedder;
    private readonly SemaphoreSlim _gate = new(1);
    private bool _disposed;

    private ImageEmbeddingGenerator(Embedder embedder, IndexOrigin origin)
    {
        _embedder = embedder;
        Origin = origin;
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(origin.Run));
        var layer = origin.Layer > 0 ? $"/{origin.Layer}" : "";
        var views = origin.UseViews > 1 ? $"-views{origin.UseViews}" : "";
        Metadata = new(ProviderName, providerUri: null, $"{name}{layer}@{origin.EncoderSha256[..HashCharacters]}{views}",
            origin.Dimension);
    }

    /// <summary>
    /// <c>simclr</c>, the length of vectors, and a model id that changes with the encoder: the run folder's name, a layer of
    /// the head where it is one, the beginning of the encoder file's SHA-256, and <c>-viewsV</c> where vectors are means over V
    /// views of an image.
    /// </summary>
    public EmbeddingGeneratorMetadata Metadata { get; }

    /// <summary>The encoder and settings that make the vectors; an index of the same origin can be searched with them.</summary>
    public IndexOrigin Origin { get; }

    /// <summary>Loads the encoder of a run.</summary>
    /// <param name="run">The run folder, of a finished run or an imported one.</param>
    /// <param name="options">How to embed, or null for h scaled to length 1.</param>
    /// <exception cref="RunFolderException">There is no such run, it has no encoder yet, or lacks the
    /// head.</exception>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    public static ImageEmbeddingGenerator Open(string run, EmbedderOptions? options = null)
    {
        options ??= new() { Normalize = true };
        var embedder = Embedder.Open(run, options);
        try
        {
            return new(embedder, IndexOrigin.Of(embedder));
        }
        catch
        {
            embedder.Dispose();
            throw;
        }
    }

    /// <summary>Embeds image files in memory, of the formats that <see cref="ImageCodec"/> reads.</summary>
    /// <param name="values">The files.</param>
    /// <param name="options">A model or a length, when given, must be this encoder's.</param>
    /// <param name="cancellationToken">Checked while waiting for other requests, and between batches.</param>
    /// <returns>An embedding for each, in their order.</returns>
    /// <exception cref="ArgumentException">An input is no image by its media type, or an option asks for another
    /// encoder.</exception>
    /// <exception cref="EmbeddingException">An input cannot be read as an image; the message says which and why.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<DataContent> values,
        EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var files = new List<ReadOnlyMemory<byte>>();
        foreach (var content in values)
        {
            ArgumentNullException.ThrowIfNull(content, nameof(values));
            if (!content.HasTopLevelMediaType("image"))
                throw new ArgumentException($"Input {files.Count} is {content.MediaType}, no image.", nameof(values));
            files.Add(content.Data);
        }
        return Generate(CallerImages.Of(files), options, cancellationToken);
    }

    /// <summary>Embeds decoded images; they must not change meanwhile.</summary>
    /// <param name="values">The images.</param>
    /// <param name="options">A model or a length, when given, must be this encoder's.</param>
    /// <param name="cancellationToken">Checked while waiting for other requests, and between batches.</param>
    /// <returns>An embedding for each, in their order.</returns>
    /// <exception cref="ArgumentException">An option asks for another encoder.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<RgbImage> values,
        EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        RgbImage[] images = [.. values];
        foreach (var image in images) ArgumentNullException.ThrowIfNull(image, nameof(values));
        return Generate(CallerImages.Of(images), options, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata)) return Metadata;
        if (serviceType == typeof(IndexOrigin)) return Origin;
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Releases the encoder, when the request that uses it is done.</summary>
    public void Dispose()
    {
        _gate.Wait();
        try
        {
            if (!_disposed) _embedder.Dispose();
            _disposed = true;
        }
        finally
        {
            _gate.Release(); // and never disposed: requests may still wait for it, to be told
        }
    }

    private async Task<GeneratedEmbeddings<Embedding<float>>> Generate(
        CallerImages images, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        if (options?.Dimensions is { } dimensions && dimensions != Origin.Dimension)
            throw new ArgumentException($"The encoder gives {Origin.Dimension} dimensions, not {dimensions}.", nameof(options));
        if (options?.ModelId is { } model && model != Metadata.DefaultModelId)
            throw new ArgumentException($"The encoder is {Metadata.DefaultModelId}, not {model}.", nameof(options));
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => Embedded(images, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private GeneratedEmbeddings<Embedding<float>> Embedded(CallerImages images, CancellationToken cancellationToken)
    {
        var embeddings = new GeneratedEmbeddings<Embedding<float>>(images.Count);
        var unreadable = new UnreadableImages();
        unreadable.Found += Refuse;
        try
        {
            foreach (var image in _embedder.Embed(images, unreadable, cancellationToken))
                embeddings.Add(new(image.Vector) { ModelId = Metadata.DefaultModelId });
        }
        catch (DataException e)
        {
            throw new EmbeddingException(e.Message, e);
        }
        return embeddings;

        // Embeddings belong to inputs by their place; leaving one out would move the others.
        static void Refuse(UnreadableImage image) =>
            throw new EmbeddingException($"{char.ToUpperInvariant(image.Image[0])}{image.Image[1..]}: {image.Reason}");
    }
}
