using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>Milliseconds of processor time that an image takes, each part measured by itself.</summary>
/// <param name="Decode">Reading and decoding its file.</param>
/// <param name="Render">Resizing, cropping, normalizing, and handing it over.</param>
/// <param name="Forward">The encoder.</param>
/// <param name="Embed">All of embedding, as a whole.</param>
public sealed record EmbedParts(
    [property: JsonPropertyName("decode")] double Decode,
    [property: JsonPropertyName("render")] double Render,
    [property: JsonPropertyName("forward")] double Forward,
    [property: JsonPropertyName("embed")] double Embed);

/// <summary>How fast images become vectors, and where the time goes.</summary>
/// <param name="Images">How many were embedded.</param>
/// <param name="ImageSize">Side in pixels of the encoder's input.</param>
/// <param name="BatchSize">Images per forward pass.</param>
/// <param name="ImagesPerSecond">Embedded from files to vectors; the median.</param>
/// <param name="ForwardPerSecond">Through the encoder alone, from a batch that is there already; the median.</param>
/// <param name="Ratio">The first in shares of the second; the median of the repetitions' ratios.</param>
/// <param name="ForwardShare">
/// The encoder's processor time in shares of that of all parts. On cores that also decode, no ratio can be higher.
/// </param>
/// <param name="Milliseconds">Where processor time goes.</param>
/// <param name="Threads">Threads of one tensor operation.</param>
/// <param name="Compute">Device and processor.</param>
public sealed record EmbedSpeed(
    [property: JsonPropertyName("pictures")] int Images,
    [property: JsonPropertyName("image_size")] int ImageSize,
    [property: JsonPropertyName("batch_size")] int BatchSize,
    [property: JsonPropertyName("pictures_per_second")] double ImagesPerSecond,
    [property: JsonPropertyName("forward_per_second")] double ForwardPerSecond,
    [property: JsonPropertyName("ratio")] double Ratio,
    [property: JsonPropertyName("forward_share")] double ForwardShare,
    [property: JsonPropertyName("milliseconds")] EmbedParts Milliseconds,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("compute")] string Compute)
{
    /// <summary>Measures. The machine should have nothing else to do; the ratios bear it where it has.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stage">Receives the name of the current stage.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The images cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EmbedSpeed Measure(
        EmbedSpeedOptions options, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        TorchRuntime.SetThreads(options.Threads);
        using var scope = NewDisposeScope(); // the encoder's running statistics too
        using var embedder = Embedder.Open(options.Run, options.Embedder);
        var images = DatasetSource.Open(options.Data, embedder.ImageSize).Train;
        images = Subset.Limited(images, options.Limit, seed: 1);
        var together = Math.Min(options.Embedder.BatchSize, images.Count);
        var batch = rand(together, embedder.ImageSize, embedder.ImageSize, 3, device: embedder.Device)
            .permute(0, 3, 1, 2); // [B, 3, S, S]
        embedder.Forward(batch);
        Prepare(embedder, Subset.First(images, together, seed: 1), cancellationToken); // what the first of everything takes
        List<Lap> decoded = [], prepared = [], forward = [], embedded = [];
        for (var i = 0; i < options.Repetitions; i++)
        {
            stage?.Report($"pass {i + 1} of {options.Repetitions}");
            decoded.Add(Lap.Of(() => Decode(images, cancellationToken), images.Count));
            prepared.Add(Lap.Of(() => Prepare(embedder, images, cancellationToken), images.Count));
            var passes = (images.Count - 1) / together + 1;
            forward.Add(Lap.Of(() => Forward(embedder, batch, passes, cancellationToken), passes * together));
            embedded.Add(Lap.Of(() => Embed(embedder, images, cancellationToken), images.Count));
        }
        var parts = new EmbedParts(Processor(decoded), Math.Max(0, Processor(prepared) - Processor(decoded)), Processor(forward),
            Processor(embedded));
        return new(images.Count, embedder.ImageSize, together, Timing.Median(embedded, lap => 1 / lap.Seconds),
            Timing.Median(forward, lap => 1 / lap.Seconds),
            Timing.Median([.. forward.Zip(embedded)], lap => lap.First.Seconds / lap.Second.Seconds),
            parts.Forward / (parts.Decode + parts.Render + parts.Forward), parts, get_num_threads(),
            TorchRuntime.Describe(embedder.Device));
    }

    private static void Decode(IImageDataset images, CancellationToken cancellationToken)
    {
        var memory = new RgbImage(1, 1);
        for (var i = 0; i < images.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            images.Load(i, shrink: 1, memory);
        }
    }

    private static void Prepare(Embedder embedder, IImageDataset images, CancellationToken cancellationToken)
    {
        foreach (var batch in embedder.Batches(images, new UnreadableImages()).All(cancellationToken))
            batch.ToTensor(embedder.Device).Dispose();
    }

    private static void Forward(Embedder embedder, Tensor batch, int passes, CancellationToken cancellationToken)
    {
        for (var pass = 0; pass < passes; pass++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embedder.Forward(batch);
        }
    }

    private static void Embed(Embedder embedder, IImageDataset images, CancellationToken cancellationToken)
    {
        foreach (var _ in embedder.Embed(images, logger: null, cancellationToken))
        {
        }
    }

    private static double Processor(List<Lap> laps) => 1000 * Timing.Median(laps, lap => lap.ProcessorSeconds);
}
