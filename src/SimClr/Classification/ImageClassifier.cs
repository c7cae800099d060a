using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>
/// Says what images show, with probabilities, by a file that <see cref="ImageClassifierTraining"/> wrote; the run is not
/// needed. However an image comes, as a file, as its bytes or decoded, the answer is the same. Safe for many threads, and so
/// one for a whole program: images are decoded side by side, and go through the encoder in turns, each on all cores. Disposing
/// waits for the pass under way; later calls are refused.
/// </summary>
/// <example><code>
/// using var classifier = ImageClassifier.Open("parts.safetensors");
/// var (name, probability) = classifier.Classify("new.jpg")[0];
/// </code></example>
public sealed class ImageClassifier : IDisposable
{
    private readonly ClassifierContent _content;
    private readonly Embedder _embedder;

    private ImageClassifier(ClassifierContent content, Embedder embedder) => (_content, _embedder) = (content, embedder);

    /// <summary>The classes.</summary>
    public IReadOnlyList<string> ClassNames => _content.Linear.ClassNames;

    /// <summary>Side S in pixels of the encoder's input.</summary>
    public int ImageSize => _content.ImageSize;

    /// <summary>How good it was found to be when it was made.</summary>
    public ImageClassifierQuality Quality => _content.Quality;

    /// <summary>Opens a classifier.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How to use it, or null.</param>
    /// <exception cref="ImageClassifierException">There is no such file, or it is damaged or something else.</exception>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    public static ImageClassifier Open(string file, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options = (options ?? new()).Validated();
        var content = ClassifierFile.Read(file);
        try
        {
            return new(content, Embedder.Of(content.Network, content.Settings.Model, new()
            {
                ImageSize = content.ImageSize,
                BatchSize = options.BatchSize,
                Precision = options.Precision,
                Device = options.Device,
                Workers = options.Workers,
            }));
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>Classifies a decoded image; it must not change meanwhile.</summary>
    /// <returns>All classes, the most likely first.</returns>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public IReadOnlyList<ClassProbability> Classify(RgbImage image) => Ranked(_embedder.Embed(image));

    /// <summary>Classifies an image file in memory, of the formats that <see cref="ImageCodec"/> reads.</summary>
    /// <param name="file">All bytes of the file.</param>
    /// <returns>All classes, the most likely first.</returns>
    /// <exception cref="ImageFormatException">The bytes are no image that can be decoded; the message says why.</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public IReadOnlyList<ClassProbability> Classify(ReadOnlySpan<byte> file) => Ranked(_embedder.Embed(file));

    /// <summary>Classifies an image file.</summary>
    /// <param name="path">The file; its name need not end as an image's does.</param>
    /// <returns>All classes, the most likely first.</returns>
    /// <exception cref="DataException">It cannot be read; the message names it and says why.</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public IReadOnlyList<ClassProbability> Classify(string path) => Ranked(_embedder.Embed(path));

    /// <summary>Classifies a dataset as it is enumerated: images are decoded on all cores ahead of the encoder.</summary>
    /// <param name="images">The images; their own labels are ignored.</param>
    /// <param name="logger">Receives a warning for each image that cannot be read and is left out; or null.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>The readable images in the dataset's order. Leaving the loop early ends all work.</returns>
    /// <exception cref="DataException">No image can be read (thrown while enumerating).</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite (thrown while enumerating).</exception>
    public IEnumerable<ClassifiedImage> Classify(
        IImageDataset images, ILogger? logger = null, CancellationToken cancellationToken = default) =>
        _embedder.Embed(images, logger, cancellationToken)
            .Select(image => new ClassifiedImage(image.Index, Ranked(image.Vector)));

    /// <summary>Releases the encoder, when the forward pass under way is done.</summary>
    public void Dispose() => _embedder.Dispose(); // the network with it

    private ClassProbability[] Ranked(float[] vector)
    {
        var scores = _content.Linear.Scores(vector);
        foreach (ref var score in scores.AsSpan()) score /= _content.Temperature;
        ScoredImages.Softmax(scores, scores);
        return [.. ClassNames.Select((name, c) => new ClassProbability(name, scores[c]))
            .OrderByDescending(one => one.Probability)];
    }
}
