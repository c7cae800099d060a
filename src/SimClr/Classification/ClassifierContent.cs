using SimClr.Features;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>All that a classifier consists of.</summary>
/// <param name="Network">The encoder, as it is or fine-tuned, and, for a layer of it, the projection head.</param>
/// <param name="Settings">Those of the run; they say which network it is and how it is used to see pixels.</param>
/// <param name="Layer">0 for h, else a layer of the head.</param>
/// <param name="ImageSize">Side S of the images in pixels.</param>
/// <param name="EncoderSha256">SHA-256 of the run's <c>encoder.safetensors</c>, with which fine-tuning began.</param>
/// <param name="Linear">The classifier of the network's vectors; names its classes.</param>
/// <param name="Temperature">The temperature: scores are divided by it.</param>
/// <param name="Quality">How good it is.</param>
internal sealed record ClassifierContent(Backbone Network, PretrainingOptions Settings, int Layer, int ImageSize,
    string EncoderSha256, LinearClassifier Linear, double Temperature, ImageClassifierQuality Quality) : IDisposable
{
    /// <summary>Releases the network.</summary>
    public void Dispose() => Network.Dispose();

    /// <summary>Makes sure that a run has the encoder that the classifier was made with, or fine-tuned from.</summary>
    /// <exception cref="ImageClassifierException">It has another.</exception>
    public void RequireEncoderOf(RunFolder run, string file)
    {
        if (WeightsOrigin.HashOf(run.Encoder) != EncoderSha256)
            throw new ImageClassifierException(
                $"{file} was made with another encoder than that of {run.Path}; train the classifier again with this run.");
    }
}
