using SimClr.Pretraining;

namespace SimClr.Embedding;

/// <summary>What the vectors of an index were made with.</summary>
/// <param name="Run">The run folder, an absolute path.</param>
/// <param name="EncoderSha256">SHA-256 of its <c>encoder.safetensors</c>.</param>
/// <param name="Layer">0 for h, else a layer of the projection head.</param>
/// <param name="ImageSize">Side of the pictures in pixels.</param>
/// <param name="Dimension">d, the length of a vector.</param>
public sealed record IndexOrigin(string Run, string EncoderSha256, int Layer, int ImageSize, int Dimension)
{
    /// <summary>The origin of what an embedder gives.</summary>
    /// <param name="run">The run folder that the embedder was opened from.</param>
    /// <param name="layer">The layer that it was opened with.</param>
    /// <param name="embedder">The embedder.</param>
    public static IndexOrigin Of(string run, int layer, Embedder embedder)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return new(Path.GetFullPath(run), Sha256(run), layer, embedder.ImageSize, embedder.Dimension);
    }

    /// <summary>
    /// Whether a run's path may be followed: it is absolute, since another would lead to other folders from each working
    /// directory, and no share of another machine, to which Windows would log on.
    /// </summary>
    internal static bool IsUsable(string run) =>
        Path.IsPathFullyQualified(run) && !run.StartsWith(@"\\", StringComparison.Ordinal) && !run.StartsWith("//", StringComparison.Ordinal);

    /// <summary>Opens the encoder again, for pictures that are searched for or added.</summary>
    /// <exception cref="EmbeddingException">The run is gone or has another encoder now.</exception>
    public Embedder OpenEmbedder()
    {
        if (!IsUsable(Run))
            throw new EmbeddingException("The index names a run that is no full path on this machine; make the index again.");
        if (!Directory.Exists(Run))
            throw new EmbeddingException($"The index was made with the run {Run}, which is gone; make the index again with another.");
        if (Sha256(Run) != EncoderSha256)
            throw new EmbeddingException($"The encoder of {Run} has changed since the index was made; make the index again.");
        return Embedder.Open(Run, new() { Layer = Layer, ImageSize = ImageSize, Normalize = true });
    }

    private static string Sha256(string run)
    {
        var folder = RunFolder.Open(run);
        folder.RequireEncoder();
        return WeightsOrigin.HashOf(folder.Encoder);
    }
}
