using System.Diagnostics;
using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>Milliseconds of processor time that a picture takes, each part measured by itself.</summary>
/// <param name="Decode">Reading and decoding its file.</param>
/// <param name="Render">Resizing, cropping, normalising, and handing it over.</param>
/// <param name="Forward">The encoder.</param>
/// <param name="Embed">All of embedding, as a whole.</param>
public sealed record EmbedParts(
    [property: JsonPropertyName("decode")] double Decode,
    [property: JsonPropertyName("render")] double Render,
    [property: JsonPropertyName("forward")] double Forward,
    [property: JsonPropertyName("embed")] double Embed);

/// <summary>How fast pictures become vectors, and where the time goes.</summary>
/// <param name="Pictures">How many were embedded.</param>
/// <param name="ImageSize">Side of what the encoder is given.</param>
/// <param name="BatchSize">Pictures per forward pass.</param>
/// <param name="PicturesPerSecond">Embedded from files to vectors; the median.</param>
/// <param name="ForwardPerSecond">Through the encoder alone, from a batch that is there already; the median.</param>
/// <param name="Ratio">The first in shares of the second; the median of the repetitions' ratios.</param>
/// <param name="ForwardShare">
/// The encoder's processor time in shares of that of all parts. On cores that also decode, no ratio can be higher.
/// </param>
/// <param name="Milliseconds">Where processor time goes.</param>
/// <param name="Threads">Threads of one tensor operation.</param>
/// <param name="Compute">Device and processor.</param>
public sealed record EmbedSpeed(
    [property: JsonPropertyName("pictures")] int Pictures,
    [property: JsonPropertyName("image_size")] int ImageSize,
    [property: JsonPropertyName("batch_size")] int BatchSize,
    [property: JsonPropertyName("pictures_per_second")] double PicturesPerSecond,
    [property: JsonPropertyName("forward_per_second")] double ForwardPerSecond,
    [property: JsonPropertyName("ratio")] double Ratio,
    [property: JsonPropertyName("forward_share")] double ForwardShare,
    [property: JsonPropertyName("milliseconds")] EmbedParts Milliseconds,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("compute")] string Compute)
{
    /// <summary>Measures. The machine should have nothing else to do; the ratios bear it where it has.</summary>
    /// <param name="options">What to embed.</param>
    /// <param name="stage">Receives the name of the current stage.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The pictures cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EmbedSpeed Measure(
        EmbedSpeedOptions options, IProgress<string>? stage = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        TorchRuntime.SetThreads(options.Threads);
        using var scope = NewDisposeScope(); // the encoder's running statistics too
        using var embedder = Embedder.Open(options.Run, options.Embedder);
        var pictures = DatasetSource.Open(options.Data, embedder.ImageSize).Train;
        if (options.Limit > 0) pictures = Subset.First(pictures, options.Limit, seed: 1);
        var together = Math.Min(options.Embedder.BatchSize, pictures.Count);
        var batch = rand(together, embedder.ImageSize, embedder.ImageSize, 3, device: embedder.Device)
            .permute(0, 3, 1, 2); // [B, 3, S, S]
        embedder.Forward(batch);
        Prepare(embedder, Subset.First(pictures, together, seed: 1), cancellation); // what the first of everything takes
        List<Lap> decoded = [], prepared = [], forward = [], embedded = [];
        for (var i = 0; i < options.Repetitions; i++)
        {
            stage?.Report($"pass {i + 1} of {options.Repetitions}");
            decoded.Add(Lap.Of(pictures.Count, () => Decode(pictures, cancellation)));
            prepared.Add(Lap.Of(pictures.Count, () => Prepare(embedder, pictures, cancellation)));
            var passes = (pictures.Count - 1) / together + 1;
            forward.Add(Lap.Of(passes * together, () => Forward(embedder, batch, passes, cancellation)));
            embedded.Add(Lap.Of(pictures.Count, () => Embed(embedder, pictures, cancellation)));
        }
        var parts = new EmbedParts(Processor(decoded), Math.Max(0, Processor(prepared) - Processor(decoded)), Processor(forward),
            Processor(embedded));
        return new(pictures.Count, embedder.ImageSize, together, Timing.Median(embedded, lap => 1 / lap.Seconds),
            Timing.Median(forward, lap => 1 / lap.Seconds),
            Timing.Median([.. forward.Zip(embedded)], lap => lap.First.Seconds / lap.Second.Seconds),
            parts.Forward / (parts.Decode + parts.Render + parts.Forward), parts, get_num_threads(),
            TorchRuntime.Describe(embedder.Device));
    }

    private static void Decode(IImageDataset pictures, CancellationToken cancellation)
    {
        var memory = new RgbImage(1, 1);
        for (var i = 0; i < pictures.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            pictures.Load(i, shrink: 1, memory);
        }
    }

    private static void Prepare(Embedder embedder, IImageDataset pictures, CancellationToken cancellation)
    {
        foreach (var batch in embedder.Batches(pictures, new UnreadablePictures()).All(cancellation))
            batch.ToTensor(embedder.Device).Dispose();
    }

    private static void Forward(Embedder embedder, Tensor batch, int passes, CancellationToken cancellation)
    {
        for (var pass = 0; pass < passes; pass++)
        {
            cancellation.ThrowIfCancellationRequested();
            embedder.Forward(batch);
        }
    }

    private static void Embed(Embedder embedder, IImageDataset pictures, CancellationToken cancellation)
    {
        foreach (var _ in embedder.Embed(pictures, unreadable: null, cancellation))
        {
        }
    }

    private static double Processor(List<Lap> laps) => 1000 * Timing.Median(laps, lap => lap.ProcessorSeconds);

    /// <summary>The time of one image.</summary>
    private readonly record struct Lap(double Seconds, double ProcessorSeconds)
    {
        public static Lap Of(int pictures, Action action)
        {
            using var process = Process.GetCurrentProcess();
            var (begun, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            action();
            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            process.Refresh();
            return new(seconds / pictures, (process.TotalProcessorTime - processor).TotalSeconds / pictures);
        }
    }
}
