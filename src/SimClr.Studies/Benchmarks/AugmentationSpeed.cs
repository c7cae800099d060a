using System.Diagnostics;
using System.Text.Json.Serialization;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Images;
using SimClr.Numerics;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>
/// How fast this machine augments: the paper's policy, drawn and rendered from decoded images to the memory of a tensor
/// (bfloat16, channels last).
/// </summary>
/// <param name="Size">Side of the views.</param>
/// <param name="Blur">Whether half of the views were blurred.</param>
/// <param name="Cores">Threads of the measurement on many cores.</param>
/// <param name="ViewsPerSecond">On all of them.</param>
/// <param name="ViewsPerSecondPerCore">On one core, alone.</param>
/// <param name="Scaling">How many times faster all cores are than one.</param>
/// <param name="PlainViewsPerSecondPerCore">On one core, with vectors of 128 bits, which every processor has.</param>
/// <param name="VectorBits">Width of the vector instructions used.</param>
/// <param name="ArithmeticLimit">Views per second of one core if it did nothing but the multiply-adds, at its peak.</param>
/// <param name="MemoryLimit">Views per second of one core if every pass over the pixels came from memory, at its peak.</param>
/// <param name="Images">How many images the views were made of.</param>
/// <param name="Source">Their source.</param>
public sealed record AugmentationSpeed(
    [property: JsonPropertyName("size")] int Size,
    [property: JsonPropertyName("blur")] bool Blur,
    [property: JsonPropertyName("cores")] int Cores,
    [property: JsonPropertyName("views_per_second")] double ViewsPerSecond,
    [property: JsonPropertyName("views_per_second_per_core")] double ViewsPerSecondPerCore,
    [property: JsonPropertyName("scaling")] double Scaling,
    [property: JsonPropertyName("plain_views_per_second_per_core")] double PlainViewsPerSecondPerCore,
    [property: JsonPropertyName("vector_bits")] int VectorBits,
    [property: JsonPropertyName("arithmetic_limit")] double ArithmeticLimit,
    [property: JsonPropertyName("memory_limit")] double MemoryLimit,
    [property: JsonPropertyName("pictures")] int Images,
    [property: JsonPropertyName("source")] string Source)
{
    private const int MaxImages = 128;
    private const int Windows = 10;

    private static readonly PixelFormat Format = new(PixelType.BFloat16, PixelLayout.ChannelsLast);

    /// <summary>Measures. The machine should have nothing else to do.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stage">Receives the name of the current stage.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The images cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static AugmentationSpeed Measure(
        AugmentationSpeedOptions options, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        stage?.Report("images");
        var (images, source) = Load(options);
        var policy = AugmentationPolicy.Paper(options.Size, options.Size <= 32 ? 0.5 : 1, options.Blur ? 0.5 : 0);
        double Rate(int threads, SimdWidth width) => RateOf(policy, images, threads, options.Seconds, width, cancellationToken);
        void WarmUp(SimdWidth width) => RateOf(policy, images, 1, Math.Min(3, 2 * options.Seconds), width, cancellationToken);
        var cores = options.Cores == 0 ? Environment.ProcessorCount : options.Cores;
        var widest = SimdWidths.Widest;
        WarmUp(widest); // code is compiled in several steps, the last of them after a second or two
        stage?.Report("one core");
        var one = Rate(1, widest);
        stage?.Report($"{cores} cores");
        var all = cores == 1 ? one : Rate(cores, widest);
        stage?.Report("one core, plain");
        WarmUp(SimdWidth.Bits128);
        var plain = Rate(1, SimdWidth.Bits128);
        stage?.Report("limits");
        var peaks = MachinePeaks.Measure();
        var cost = AugmentationCost.Estimate(policy, (int)images.Average(p => p.Width), (int)images.Average(p => p.Height),
            Format);
        return new AugmentationSpeed(options.Size, options.Blur, cores, all, one, all / one, plain, (int)widest,
            peaks.FlopsPerSecond / cost.Operations, peaks.BytesPerSecond / cost.Bytes, images.Length, source);
    }

    private static (RgbImage[] Images, string Source) Load(AugmentationSpeedOptions options)
    {
        // Photographs are larger than the views made of them; CIFAR's are not.
        var side = options.Size <= 32 ? options.Size : Math.Max(256, options.Size);
        var data = DatasetSource.Open(options.Data ?? $"shapes:{MaxImages}", side).Train;
        RgbImage[] images = [.. Enumerable.Range(0, Math.Min(data.Count, MaxImages)).Select(data.Load)];
        var width = images.Average(image => image.Width);
        var height = images.Average(image => image.Height);
        return (images, $"{data.Name}, {width:0} x {height:0} pixels{(images.All(p => p.Width == width) ? "" : " on average")}");
    }

    private static double RateOf(AugmentationPolicy policy, RgbImage[] images, int threads, double seconds,
        SimdWidth width, CancellationToken cancellationToken)
    {
        using var start = new Barrier(threads);
        var rates = new double[threads];
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(worker => new Thread(() =>
            rates[worker] = Work(policy, images, worker, seconds, width, start, cancellationToken)))];
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        cancellationToken.ThrowIfCancellationRequested();
        return rates.Sum();
    }

    /// <summary>The median rate of some windows of time.</summary>
    private static double Work(AugmentationPolicy policy, RgbImage[] images, int worker, double seconds, SimdWidth width,
        Barrier start, CancellationToken cancellationToken)
    {
        var view = new byte[Format.BytesPerView(policy.ImageSize)];
        var (scratch, parameters) = (new RenderScratch(width), policy.NewParameters());
        var rates = new double[Windows];
        start.SignalAndWait(CancellationToken.None); // all threads come here
        for (int window = 0, item = 0; window < Windows && !cancellationToken.IsCancellationRequested; window++)
        {
            var (begun, first) = (Stopwatch.GetTimestamp(), item);
            do
            {
                var image = images[item % images.Length];
                var random = new CounterRandom(seed: 1, worker, item++, view: 0, DrawPurpose.View);
                policy.Draw(image.Width, image.Height, ref random, parameters);
                policy.Render(image, 1, parameters, view, Format, scratch);
            }
            while (Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds / Windows);
            rates[window] = (item - first) / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
        Array.Sort(rates);
        return rates[Windows / 2];
    }
}
