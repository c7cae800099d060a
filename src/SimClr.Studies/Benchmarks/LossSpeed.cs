using System.Text.Json.Serialization;
using SimClr.Losses;
using SimClr.Native;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>How fast NT-Xent and its gradient are computed, compared with the plain formulation.</summary>
/// <param name="N">Images of the batch; 2N rows are compared.</param>
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
        var z = randn(2 * options.N, options.Dimension, device: device, generator: new Generator(1, device)).requires_grad_();
        z.grad = zeros_like(z);
        var loss = new NtXent { Temperature = options.Temperature };
        var withPlain = options.N <= options.PlainUpTo;
        Action tiled = () => loss.Compute(z).Loss.backward(), plain = () => Plain(z, options.Temperature).backward();
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
        return new LossSpeed(options.N, options.Dimension, Timing.Median(seconds), withPlain ? Timing.Median(plainSeconds) : null,
            extra, plainExtra, get_num_threads(), TorchRuntime.Describe(device));
    }

    /// <summary>
    /// The loss as it is written down elsewhere: all similarities at once, and the cross entropy of their rows.
    /// </summary>
    /// <param name="z"><c>[2N, D]</c>.</param>
    /// <param name="temperature">τ.</param>
    internal static Tensor Plain(Tensor z, double temperature)
    {
        var count = z.shape[0];
        var u = nn.functional.normalize(z, p: 2, dim: 1);                                   // [2N, D]
        var self = eye(count, dtype: ScalarType.Bool, device: z.device);                    // [2N, 2N]
        var s = u.mm(u.t()).div(temperature).masked_fill(self, double.NegativeInfinity);    // [2N, 2N]
        var partner = arange(count, device: z.device).roll(count / 2);                      // [2N]
        return nn.functional.cross_entropy(s, partner);
    }

    private static double Pass(Tensor z, Action action)
    {
        using var scope = NewDisposeScope();
        z.grad!.zero_();
        return Timing.Seconds(z.device, action);
    }
}
