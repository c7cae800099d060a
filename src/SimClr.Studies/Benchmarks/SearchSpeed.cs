using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Serialization;
using SimClr.Features;
using SimClr.Files;
using SimClr.Native;
using SimClr.Search;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>How fast an index opens and searches, compared with reading and summing its vectors once.</summary>
/// <param name="Count">Vectors of the index.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="Top">How many are found by a search.</param>
/// <param name="Bytes">Bytes of the index file.</param>
/// <param name="OpenSeconds">Of reading the index from its file, which the system has in memory; the median.</param>
/// <param name="FirstSeconds">Of the first search.</param>
/// <param name="OneCoreSeconds">Of a search on one core; the median.</param>
/// <param name="OneCoreWorst">Of the slowest search on one core.</param>
/// <param name="OneCoreProcessorSeconds">
/// Processor time of a search on one core, on average: what it would take on a core that has nothing else to do.
/// </param>
/// <param name="Seconds">Of a search on all cores; the median.</param>
/// <param name="OpenProcessorSeconds">Processor time of reading the index, on average.</param>
/// <param name="SumProcessorSeconds">Processor time of adding up, on average.</param>
/// <param name="SumSeconds">Of adding up all numbers of the vectors on one core; the median.</param>
/// <param name="Cores">Cores.</param>
/// <param name="Compute">The processor.</param>
public sealed record SearchSpeed(
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("dim")] int Dimension,
    [property: JsonPropertyName("top")] int Top,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("open_seconds")] double OpenSeconds,
    [property: JsonPropertyName("open_processor_seconds")] double OpenProcessorSeconds,
    [property: JsonPropertyName("first_seconds")] double FirstSeconds,
    [property: JsonPropertyName("one_core_seconds")] double OneCoreSeconds,
    [property: JsonPropertyName("one_core_worst_seconds")] double OneCoreWorst,
    [property: JsonPropertyName("one_core_processor_seconds")] double OneCoreProcessorSeconds,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("sum_seconds")] double SumSeconds,
    [property: JsonPropertyName("sum_processor_seconds")] double SumProcessorSeconds,
    [property: JsonPropertyName("cores")] int Cores,
    [property: JsonPropertyName("compute")] string Compute)
{
    private const int Opens = 5;

    /// <summary>Measures an index of random vectors. The machine should have nothing else to do.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stage">Receives the name of the current stage.</param>
    /// <param name="cancellationToken">Checked between repetitions.</param>
    /// <exception cref="SettingsException">An option is out of bounds.</exception>
    /// <exception cref="EmbeddingException">The index cannot be written.</exception>
    public static SearchSpeed Measure(
        SearchSpeedOptions options, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        stage?.Report("making an index");
        var queries = Random(options.Repetitions, options.Dimension, 2);
        var file = Path.Combine(options.Folder ?? Path.GetTempPath(), $"simclr-bench-{Guid.NewGuid():N}.index");
        try
        {
            IndexFile.Write(file, Made(options));
            var (opens, index) = (new List<Lap>(), default(ImageIndex));
            for (var i = 0; i < Opens; i++)
            {
                stage?.Report("opening");
                cancellationToken.ThrowIfCancellationRequested();
                opens.Add(Lap.Of(() => index = IndexFile.Read(file)));
            }
            List<Lap> one = [], all = [], sums = [];
            var first = Lap.Of(() => index!.Search(queries[0], options.Top));
            foreach (var query in queries)
            {
                stage?.Report($"search {one.Count + 1} of {queries.Length}");
                cancellationToken.ThrowIfCancellationRequested();
                one.Add(Lap.Of(() => index!.Search(query, options.Top, threads: 1)));
                all.Add(Lap.Of(() => index!.Search(query, options.Top)));
                sums.Add(Lap.Of(() => GC.KeepAlive(Sum(index!.Vectors))));
            }
            return new(options.Count, options.Dimension, options.Top, new FileInfo(file).Length, Median(opens), Processor(opens),
                first.Seconds, Median(one), one.Max(lap => lap.Seconds), Processor(one), Median(all), Median(sums),
                Processor(sums),
                Environment.ProcessorCount, TorchRuntime.Describe(CPU));
        }
        finally
        {
            AtomicFile.TryDelete(file);
        }
    }

    private static ImageIndex Made(SearchSpeedOptions options)
    {
        var rows = Random(options.Count, options.Dimension, 1);
        var images = Enumerable.Range(0, options.Count)
            .Select(i => new IndexedImage($"/home/somebody/pictures/class-{i % 100:00}/picture-{i:0000000}.jpg",
                $"class-{i % 100:00}",
                $"{10_000 + i}/638000000000000000")).ToList();
        var origin = new IndexOrigin("/home/somebody/runs/bench", "none", 0, 224, options.Dimension);
        return ImageIndex.Reading(origin, images, vectors =>
        {
            for (var i = 0; i < rows.Length; i++) rows[i].CopyTo(vectors[(i * options.Dimension)..]);
        });
    }

    private static float[][] Random(int count, int dimension, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        var rows = new float[count][];
        for (var i = 0; i < count; i++)
        {
            using var row = nn.functional.normalize(randn(1, dimension, generator: generator), dim: 1); // [1, d]
            rows[i] = row.data<float>().ToArray();
        }
        return rows;
    }

    // The memory bandwidth of one core. Four sums, so that additions do not wait for each other.
    private static float Sum(ReadOnlySpan<float> values)
    {
        var blocks = MemoryMarshal.Cast<float, Vector512<float>>(values);
        Vector512<float> a = default, b = default, c = default, d = default;
        var i = 0;
        for (; i + 4 <= blocks.Length; i += 4)
        {
            a += blocks[i];
            b += blocks[i + 1];
            c += blocks[i + 2];
            d += blocks[i + 3];
        }
        return Vector512.Sum(a + b + c + d);
    }

    private static double Median(List<Lap> laps) => Timing.Median(laps, lap => lap.Seconds);

    private static double Processor(List<Lap> laps) => laps.Average(lap => lap.ProcessorSeconds);
}
