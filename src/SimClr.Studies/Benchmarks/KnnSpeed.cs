using System.Text.Json.Serialization;
using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Native;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>
/// How fast nearest neighbors are found and vote, compared with the matrix product that computes all similarities.
/// </summary>
/// <param name="Bank">Vectors that are searched.</param>
/// <param name="Queries">Vectors whose neighbors are sought.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="K">Neighbors of each query.</param>
/// <param name="Seconds">Of the whole classification; the median.</param>
/// <param name="MatmulSeconds">Of libtorch's float32 product alone, a thousand queries at a time; the median.</param>
/// <param name="ExtraBytes">
/// How far resident memory rose during the first classification, above what the vectors take; null where the system does not
/// tell.
/// </param>
/// <param name="Threads">Threads of one tensor operation, and of the search.</param>
/// <param name="Compute">Device and processor.</param>
public sealed record KnnSpeed(
    [property: JsonPropertyName("bank")] int Bank,
    [property: JsonPropertyName("queries")] int Queries,
    [property: JsonPropertyName("dim")] int Dimension,
    [property: JsonPropertyName("k")] int K,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("matmul_seconds")] double MatmulSeconds,
    [property: JsonPropertyName("extra_bytes")] long? ExtraBytes,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("compute")] string Compute)
{
    private const int ProductRows = 1000, Classes = 10;

    /// <summary>Measures on random vectors. The machine should have nothing else to do.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stage">Receives the name of the current stage.</param>
    /// <param name="cancellationToken">Checked between repetitions.</param>
    /// <exception cref="SettingsException">An option is out of bounds.</exception>
    public static KnnSpeed Measure(
        KnnSpeedOptions options, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        var device = TorchRuntime.SelectDevice(options.Device);
        TorchRuntime.SetThreads(options.Threads);
        using var scope = NewDisposeScope();
        var (bank, queries) = (Random(options.Bank, options.Dimension, 1), Random(options.Queries, options.Dimension, 2));
        var settings = new KnnOptions { K = options.K, Device = options.Device };
        var some = Random(Math.Min(options.Bank, 100), options.Dimension, 3);
        KNearestNeighbors.Rank(some, some, settings); // what every first call takes
        stage?.Report("memory");
        var extra = PeakMemory.Rise(() => KNearestNeighbors.Rank(bank, queries, settings));
        var (keys, rows) = (On(bank, device), On(queries, device));
        var similarities = empty(Math.Min(ProductRows, options.Queries), options.Bank, device: device);
        List<double> seconds = [], productSeconds = [];
        for (var i = 0; i < options.Repetitions; i++)
        {
            stage?.Report($"pass {i + 1} of {options.Repetitions}");
            cancellationToken.ThrowIfCancellationRequested();
            seconds.Add(Timing.Seconds(device, () => KNearestNeighbors.Rank(bank, queries, settings)));
            productSeconds.Add(Timing.Seconds(device, () => Multiply(rows, keys, similarities)));
        }
        return new KnnSpeed(options.Bank, options.Queries, options.Dimension, Math.Min(options.K, options.Bank),
            Timing.Median(seconds), Timing.Median(productSeconds), extra, get_num_threads(), TorchRuntime.Describe(device));
    }

    /// <summary>All products of two sets' vectors, into the same memory again and again.</summary>
    private static void Multiply(Tensor rows, Tensor keys, Tensor target)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        for (long start = 0, count; start < rows.shape[0]; start += count)
        {
            count = Math.Min(ProductRows, rows.shape[0] - start);
            target.narrow(0, 0, count).addmm_(rows.narrow(0, start, count), keys.t(), beta: 0, alpha: 1);
        }
    }

    private static FeatureSet Random(int count, int dimension, ulong seed)
    {
        using var scope = NewDisposeScope();
        var values = randn(count, dimension, generator: new Generator(seed, CPU)).data<float>().ToArray();
        return new FeatureSet(values, dimension, [.. Enumerable.Range(0, count).Select(i => i % Classes)],
            [.. Enumerable.Range(0, Classes).Select(c => $"{c}")]);
    }

    private static Tensor On(FeatureSet set, Device device) => tensor(set.Values).view(set.Count, set.Dimension).to(device);
}
