using SimClr.Features;
using SimClr.Settings;

namespace SimClr.Cli;

/// <summary>The options of device, precision and threads.</summary>
internal static class MachineOptions
{
    /// <summary>The values of <c>--device</c>.</summary>
    public const string Devices = "cpu, cuda, cuda:N or auto";

    private const string Precisions = "fp32, bf16 or auto";

    /// <summary>Adds <c>--precision</c>, <c>--device</c>, <c>--threads</c> and <c>--workers</c>.</summary>
    /// <param name="options">The options of the command.</param>
    /// <param name="get">Takes the part that they fill.</param>
    /// <param name="with">The record with another such part.</param>
    /// <param name="workers">The help of <c>--workers</c>.</param>
    public static OptionSet<TOptions> AddMachine<TOptions>(this OptionSet<TOptions> options,
        Func<TOptions, ComputeOptions> get, Func<TOptions, ComputeOptions, TOptions> with, string workers) => options
        .AddChoice(o => get(o).Precision, (o, v) => with(o, get(o) with { Precision = v }), SettingChoices.Precision, Precisions)
        .Add(o => get(o).Device, (o, v) => with(o, get(o) with { Device = v }), "NAME", Devices)
        .Add(o => get(o).Threads, (o, v) => with(o, get(o) with { Threads = v }), "N",
            "threads of one tensor operation; 0 means all cores")
        .Add(o => get(o).Workers, (o, v) => with(o, get(o) with { Workers = v }), "N", workers);

    /// <summary>
    /// Adds <c>--batch-size</c>, <c>--precision</c>, <c>--device</c> and <c>--workers</c> of a finished encoder.
    /// </summary>
    /// <param name="options">The options of the command.</param>
    /// <param name="get">Takes the part that they fill.</param>
    /// <param name="with">The record with another such part.</param>
    public static OptionSet<TOptions> AddEncoder<TOptions>(this OptionSet<TOptions> options,
        Func<TOptions, EmbedderOptions> get, Func<TOptions, EmbedderOptions, TOptions> with) => options
        .Add(o => get(o).BatchSize, (o, v) => with(o, get(o) with { BatchSize = v }), "N", "images per forward pass")
        .AddChoice(o => get(o).Precision, (o, v) => with(o, get(o) with { Precision = v }), SettingChoices.Precision, Precisions)
        .Add(o => get(o).Device, (o, v) => with(o, get(o) with { Device = v }), "NAME", Devices)
        .Add(o => get(o).Workers, (o, v) => with(o, get(o) with { Workers = v }), "N", "threads that decode; 0 chooses");
}
