using Microsoft.Extensions.AI;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Runs;
using SimClr.Search;

namespace SimClr.Extensions.AI;

/// <summary>
/// The encoder of a run as an embedding generator of Microsoft.Extensions.AI, for pictures that are decoded (<see
/// cref="RgbImage"/>) and for picture files in memory (<see cref="DataContent"/> with an <c>image/…</c> media type). Safe for
/// many threads; pictures go through the encoder one request after the other, each on all cores.
/// </summary>
public sealed class PictureEmbeddingGenerator :
    IEmbeddingGenerator<DataContent, Embedding<float>>, IEmbeddingGenerator<RgbImage, Embedding<float>>
{
    private const string ProviderName = "simclr";
    private const int HashCharacters = 12;

    private readonly Embedder _embedder;
    private readonly SemaphoreSlim _gate = new(1);
    private bool _disposed;

    private PictureEmbeddingGenerator(Embedder embedder, IndexOrigin origin)
    {
        _embedder = embedder;
        Origin = origin;
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(origin.Run));
        var layer = origin.Layer > 0 ? $"/{origin.Layer}" : "";
        Metadata = new(ProviderName, providerUri: null, $"{name}{layer}@{origin.EncoderSha256[..HashCharacters]}",
            origin.Dimension);
    }

    /// <summary>
    /// <c>simclr</c>, the length of vectors, and a model id that changes with the encoder: the run folder's name, a layer of
    /// the head where it is one, and the beginning of the encoder file's SHA-256.
    /// </summary>
    public EmbeddingGeneratorMetadata Metadata { get; }

    /// <summary>The encoder and settings that make the vectors; an index of the same origin can be searched with them.</summary>
    public IndexOrigin Origin { get; }

    /// <summary>Loads the encoder of a run.</summary>
    /// <param name="run">The run folder, of a finished run or an imported one.</param>
    /// <param name="options">How to embed, or null for h scaled to length 1.</param>
    /// <exception cref="RunFolderException">There is no such run, it has no encoder yet, or lacks the
    /// head.</exception>
    /// <exception cref="EmbeddingException">An option is out of its bounds.</exception>
    public static PictureEmbeddingGenerator Open(string run, EmbedderOptions? options = null)
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

    /// <summary>Embeds picture files in memory, of the formats that <see cref="ImageCodec"/> reads.</summary>
    /// <param name="values">The files.</param>
    /// <param name="options">A model or a length, when given, must be this encoder's.</param>
    /// <param name="cancellationToken">Checked while waiting for other requests, and between batches.</param>
    /// <returns>An embedding for each, in their order.</returns>
    /// <exception cref="ArgumentException">An input is no picture by its media type, or an option asks for another
    /// encoder.</exception>
    /// <exception cref="EmbeddingException">An input cannot be read as a picture; the message says which and why.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<DataContent> values,
        EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var files = new List<ReadOnlyMemory<byte>>();
        foreach (var content in values)
        {
            ArgumentNullException.ThrowIfNull(content, nameof(values));
            if (!content.HasTopLevelMediaType("image"))
                throw new ArgumentException($"Input {files.Count} is {content.MediaType}, no picture.", nameof(values));
            files.Add(content.Data);
        }
        return Generate(GivenPictures.Of(files), options, cancellationToken);
    }

    /// <summary>Embeds decoded pictures; they must not change meanwhile.</summary>
    /// <param name="values">The pictures.</param>
    /// <param name="options">A model or a length, when given, must be this encoder's.</param>
    /// <param name="cancellationToken">Checked while waiting for other requests, and between batches.</param>
    /// <returns>An embedding for each, in their order.</returns>
    /// <exception cref="ArgumentException">An option asks for another encoder.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<RgbImage> values,
        EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        RgbImage[] pictures = [.. values];
        foreach (var picture in pictures) ArgumentNullException.ThrowIfNull(picture, nameof(values));
        return Generate(GivenPictures.Of(pictures), options, cancellationToken);
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
        GivenPictures pictures, EmbeddingGenerationOptions? options, CancellationToken cancellation)
    {
        if (options?.Dimensions is { } dimensions && dimensions != Origin.Dimension)
            throw new ArgumentException($"The encoder gives {Origin.Dimension} dimensions, not {dimensions}.", nameof(options));
        if (options?.ModelId is { } model && model != Metadata.DefaultModelId)
            throw new ArgumentException($"The encoder is {Metadata.DefaultModelId}, not {model}.", nameof(options));
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => Embedded(pictures, cancellation), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private GeneratedEmbeddings<Embedding<float>> Embedded(GivenPictures pictures, CancellationToken cancellation)
    {
        var embeddings = new GeneratedEmbeddings<Embedding<float>>(pictures.Count);
        try
        {
            foreach (var picture in _embedder.Embed(pictures, Refuse, cancellation))
                embeddings.Add(new(picture.Vector) { ModelId = Metadata.DefaultModelId });
        }
        catch (DataException e)
        {
            throw new EmbeddingException(e.Message, e);
        }
        return embeddings;

        // Embeddings belong to inputs by their place; leaving one out would move the others.
        static void Refuse(string line) => throw new EmbeddingException($"{char.ToUpperInvariant(line[0])}{line[1..]}");
    }
}
