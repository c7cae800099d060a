using System.Text.Json.Serialization;
using SimClr.Losses;
using SimClr.Native;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>How fast NT-Xent and its gradient are computed, compared with the plain formulation.</summary>
/// <param name="N">Images of the batch; V·N rows are compared.</param>
/// <param name="Views">Views V of each image.</param>
/// <param name="Dimension">Length of a row.</param>
/// <param name="Seconds">Of a forward and backward pass; the median.</param>
/// <param name="PlainSeconds">The same of the plain formulation, or null where N is too large for it.</param>
/// <param name="ExtraBytes">
/// How far resident memory rose during the first pass above what the rows and their gradient take; null where the system does not
/// tell.
/// </param>
/// <param name="PlainExtraBytes">The same of the plain formulation.</param>
/// <param name="Threads">Threads of one tensor operation.</param>
/// <param name="Compute">Device and processor.</param>
public sealed record LossSpeed(
    [property: JsonPropertyName("n")] int N,
    [property: JsonPropertyName("views")] int Views,
    [property: JsonPropertyName("dim")] int Dimension,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("plain_seconds")] double? PlainSeconds,
    [property: JsonPropertyName("extra_bytes")] long? ExtraBytes,
    [property: JsonPropertyName("plain_extra_bytes")] long? PlainExtraBytes,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("compute")] string Compute)
{
    /// <summary>Measures. The machine should have nothing else to do.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stage">Receives the name of the current stage.</param>
    /// <param name="cancellationToken">Checked between passes.</param>
    /// <exception cref="SettingsException">An option is out of bounds.</exception>
    public static LossSpeed Measure(
        LossSpeedOptions options, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        var device = TorchRuntime.SelectDevice(options.Device);
        TorchRuntime.SetThreads(options.Threads);
        using var scope = NewDisposeScope();
        var random = new Generator(1, device);
        var z = randn((long)options.Views * options.N, options.Dimension, device: device, generator: random).requires_grad_();
        z.grad = zeros_like(z);
        var loss = new NtXent { Temperature = options.Temperature };
        var withPlain = options.N <= options.PlainUpTo;
        Action tiled = () => loss.Compute(z, labels: null, options.Views).Loss.backward();
        Action plain = () => Plain(z, options.Temperature, options.Views).backward();
        stage?.Report("memory");
        Pass(z, () => new NtXent().Compute(z[..2]).Loss.backward()); // what every first call takes
        var (extra, plainExtra) = ((long?)null, (long?)null);
        if (device.type == DeviceType.CPU)
        {
            extra = PeakMemory.Rise(() => Pass(z, tiled));
            if (withPlain) plainExtra = PeakMemory.Rise(() => Pass(z, plain));
        }
        List<double> seconds = [], plainSeconds = [];
        for (var i = 0; i < options.Repetitions; i++)
        {
            stage?.Report($"pass {i + 1} of {options.Repetitions}");
            cancellationToken.ThrowIfCancellationRequested();
            seconds.Add(Pass(z, tiled));
            if (withPlain) plainSeconds.Add(Pass(z, plain));
        }
        return new LossSpeed(options.N, options.Views, options.Dimension, Timing.Median(seconds),
            withPlain ? Timing.Median(plainSeconds) : null, extra, plainExtra, get_num_threads(), TorchRuntime.Describe(device));
    }

    /// <summary>
    /// The loss as it is written down elsewhere: all similarities at once, and the cross entropy of their rows with each
    /// partner.
    /// </summary>
    /// <param name="z"><c>[V·N, D]</c>.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="views">V.</param>
    internal static Tensor Plain(Tensor z, double temperature, int views = 2)
    {
        var count = z.shape[0];
        using Scalar tau = temperature, minusInfinity = double.NegativeInfinity, zero = 0, end = count, one = 1; // held
        var u = nn.functional.normalize(z, p: 2, dim: 1);                                   // [V·N, D]
        var self = eye(count, dtype: ScalarType.Bool, device: z.device);                    // [V·N, V·N]
        var s = u.mm(u.t()).div(tau).masked_fill(self, minusInfinity);                      // [V·N, V·N]
        var place = arange(zero, end, one, device: z.device);                               // [V·N]
        if (views == 2) return nn.functional.cross_entropy(s, place.roll(count / 2));
        var partners = stack(                                                               // [V·N, V−1]
            Enumerable.Range(1, views - 1).Select(k => place.roll(k * (count / views))), dim: 1);
        return nn.functional.log_softmax(s, dim: 1).gather(1, partners).mean().neg();
    }

    private static double Pass(Tensor z, Action action)
    {
        using var scope = NewDisposeScope();
        z.grad!.zero_();
        return Timing.Seconds(z.device, action);
    }
}
