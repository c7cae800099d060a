using SimClr.Augmentation;
using SimClr.Features;
using SimClr.Runs;

namespace SimClr.Search;

/// <summary>The encoder and settings that made the vectors of an index.</summary>
/// <param name="Run">The run folder, an absolute path.</param>
/// <param name="EncoderSha256">SHA-256 of its <c>encoder.safetensors</c>.</param>
/// <param name="Layer">0 for h, else a layer of the projection head.</param>
/// <param name="ImageSize">Side of the images in pixels.</param>
/// <param name="Dimension">d, the length of a vector.</param>
public sealed record IndexOrigin(string Run, string EncoderSha256, int Layer, int ImageSize, int Dimension)
{
    /// <summary>
    /// How images were made ready for the encoder (<see cref="EvaluationTransform.Version"/>). Vectors of another version
    /// differ a little, so an index of one is made again.
    /// </summary>
    public int Preprocessing { get; init; } = EvaluationTransform.Version;

    /// <summary>
    /// V, over how many views of an image each vector is the mean (<see cref="EmbedderOptions.UseViews"/>); 1 in indexes of
    /// earlier versions. Queries and added images are embedded in the same way.
    /// </summary>
    public int UseViews { get; init; } = 1;

    /// <summary>Whether an index of such vectors may be kept: it then says how others like them are made.</summary>
    internal bool IsKept { get; init; } = true;

    /// <summary>The origin of what an embedder gives.</summary>
    /// <exception cref="EmbeddingException">
    /// Its encoder is not from a run folder, or it embeds both ways round (<see cref="EmbedderOptions.BothWays"/>).
    /// </exception>
    public static IndexOrigin Of(Embedder embedder)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return embedder.IsBothWays
            ? throw new EmbeddingException("No index keeps vectors of images both ways round.")
            : OfCompared(embedder);
    }

    /// <summary>The same for vectors that are only compared with each other.</summary>
    internal static IndexOrigin OfCompared(Embedder embedder)
    {
        var run = embedder.Run ?? throw new EmbeddingException("An index is made with the encoder of a run folder.");
        return new(Path.GetFullPath(run.Path), Sha256(run.Path), embedder.Layer, embedder.ImageSize, embedder.Dimension)
        {
            UseViews = embedder.UseViews,
            IsKept = !embedder.IsBothWays,
        };
    }

    /// <summary>Makes sure that an embedder gives what an index of this origin holds.</summary>
    /// <exception cref="EmbeddingException">It does not; the message says what differs.</exception>
    public void RequireFit(Embedder embedder)
    {
        var indexed = Kind(Layer, ImageSize, Dimension, UseViews);
        var given = Kind(embedder.Layer, embedder.ImageSize, embedder.Dimension, embedder.UseViews);
        if (embedder.IsBothWays == IsKept)
            throw new EmbeddingException(
                "Of the index and the embedder, one takes images both ways round and the other as they are.");
        if (indexed != given) throw new EmbeddingException($"The index holds vectors of {indexed}; the embedder gives {given}.");
    }

    /// <summary>
    /// Whether a run's path may be followed: it is absolute, since another would lead to other folders from each working
    /// directory, and no share of another machine, to which Windows would log on.
    /// </summary>
    internal static bool IsUsable(string run) =>
        Path.IsPathFullyQualified(run) && !run.StartsWith(@"\\", StringComparison.Ordinal)
            && !run.StartsWith("//", StringComparison.Ordinal);

    /// <summary>Opens the encoder again, for images that are searched for or added.</summary>
    /// <exception cref="EmbeddingException">
    /// The run is gone or has another encoder now, or vectors are means over a number of views that is not known.
    /// </exception>
    public Embedder OpenEmbedder()
    {
        if (!IsUsable(Run))
            throw new EmbeddingException("The index names a run that is no full path on this machine; make the index again.");
        if (!Directory.Exists(Run))
            throw new EmbeddingException(
                $"The index was made with the run {Run}, which is gone; make the index again with another.");
        if (Sha256(Run) != EncoderSha256)
            throw new EmbeddingException($"The encoder of {Run} has changed since the index was made; make the index again.");
        if (UseViews is not (1 or 2 or 10))
            throw new EmbeddingException(
                $"The index holds means over {UseViews} views of each image, which this version does not know.");
        return Embedder.Open(Run, new() { Layer = Layer, ImageSize = ImageSize, UseViews = UseViews, Normalize = true });
    }

    private static string Kind(int layer, int imageSize, int dimension, int views) =>
        $"layer {layer}, {imageSize} px, {dimension} numbers, {views} view{(views == 1 ? "" : "s")} of each image";

    private static string Sha256(string run)
    {
        var folder = RunFolder.Open(run);
        folder.RequireEncoder();
        return WeightsOrigin.HashOf(folder.Encoder);
    }
}
