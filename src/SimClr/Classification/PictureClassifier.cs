using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>
/// Says what pictures show, with probabilities, by a file that <see cref="PictureClassifierTraining"/> wrote; the run is not
/// needed. However a picture comes, as a file, as its bytes or decoded, the answer is the same. Safe for many threads, and so
/// one for a whole program: pictures are decoded side by side, and go through the encoder in turns, each on all cores. Disposing
/// waits for the pass under way; later calls are refused.
/// </summary>
/// <example><code>
/// using var classifier = PictureClassifier.Open("parts.safetensors");
/// var (name, probability) = classifier.Classify("new.jpg")[0];
/// </code></example>
public sealed class PictureClassifier : IDisposable
{
    private readonly ClassifierContent _content;
    private readonly Embedder _embedder;

    private PictureClassifier(ClassifierContent content, Embedder embedder) => (_content, _embedder) = (content, embedder);

    /// <summary>The classes.</summary>
    public IReadOnlyList<string> ClassNames => _content.Linear.ClassNames;

    /// <summary>Side S in pixels of what the encoder is given.</summary>
    public int ImageSize => _content.ImageSize;

    /// <summary>How good it was found to be when it was made.</summary>
    public PictureClassifierQuality Quality => _content.Quality;

    /// <summary>Opens a classifier.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How to use it, or null.</param>
    /// <exception cref="PictureClassifierException">There is no such file, or it is damaged or something else.</exception>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    public static PictureClassifier Open(string file, PictureClassifierOptions? options = null)
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

    /// <summary>Classifies a decoded picture; it must not change meanwhile.</summary>
    /// <returns>All classes, the most likely first.</returns>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public IReadOnlyList<ClassProbability> Classify(RgbImage picture) => Ranked(_embedder.Embed(picture));

    /// <summary>Classifies a picture file in memory, of the formats that <see cref="ImageCodec"/> reads.</summary>
    /// <param name="file">All bytes of the file.</param>
    /// <returns>All classes, the most likely first.</returns>
    /// <exception cref="ImageFormatException">The bytes are no picture that can be decoded; the message says why.</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public IReadOnlyList<ClassProbability> Classify(ReadOnlySpan<byte> file) => Ranked(_embedder.Embed(file));

    /// <summary>Classifies a picture file.</summary>
    /// <param name="path">The file; its name need not end as a picture's does.</param>
    /// <returns>All classes, the most likely first.</returns>
    /// <exception cref="DataException">It cannot be read; the message names it and says why.</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public IReadOnlyList<ClassProbability> Classify(string path) => Ranked(_embedder.Embed(path));

    /// <summary>Classifies a dataset as it is enumerated: pictures are decoded on all cores ahead of the encoder.</summary>
    /// <param name="pictures">The pictures; their own labels are ignored.</param>
    /// <param name="unreadable">Receives a line for each image that cannot be read and is left out; or null.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <returns>The readable pictures in the dataset's order. Leaving the loop early ends all work.</returns>
    /// <exception cref="DataException">No picture can be read (thrown while enumerating).</exception>
    /// <exception cref="EmbeddingException">The encoder's output is not finite (thrown while enumerating).</exception>
    public IEnumerable<ClassifiedPicture> Classify(
        IImageDataset pictures, Action<string>? unreadable = null, CancellationToken cancellation = default) =>
        _embedder.Embed(pictures, unreadable, cancellation)
            .Select(picture => new ClassifiedPicture(picture.Index, Ranked(picture.Vector)));

    /// <summary>Releases the encoder, when the forward pass under way is done.</summary>
    public void Dispose() => _embedder.Dispose(); // the network with it

    private ClassProbability[] Ranked(float[] vector)
    {
        var scores = _content.Linear.Scores(vector);
        foreach (ref var score in scores.AsSpan()) score /= _content.Temperature;
        ScoredPictures.Softmax(scores, scores);
        return [.. ClassNames.Select((name, c) => new ClassProbability(name, scores[c]))
            .OrderByDescending(one => one.Probability)];
    }
}
