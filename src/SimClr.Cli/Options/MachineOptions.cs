using SimClr.Settings;

namespace SimClr.Cli;

/// <summary>The options that say what computes.</summary>
internal static class MachineOptions
{
    /// <summary>Adds <c>--precision</c>, <c>--device</c>, <c>--threads</c> and <c>--workers</c>.</summary>
    /// <param name="options">The options of the command.</param>
    /// <param name="get">Takes the part that they fill.</param>
    /// <param name="with">The record with another such part.</param>
    /// <param name="workers">What the workers do.</param>
    public static OptionSet<TOptions> AddMachine<TOptions>(this OptionSet<TOptions> options,
        Func<TOptions, ComputeOptions> get, Func<TOptions, ComputeOptions, TOptions> with, string workers) => options
        .AddChoice(o => get(o).Precision, (o, v) => with(o, get(o) with { Precision = v }), SettingChoices.Precision,
            "fp32, bf16 or auto")
        .Add(o => get(o).Device, (o, v) => with(o, get(o) with { Device = v }), "NAME", "cpu, cuda, cuda:N or auto")
        .Add(o => get(o).Threads, (o, v) => with(o, get(o) with { Threads = v }), "N",
            "threads of one tensor operation; 0 means all cores")
        .Add(o => get(o).Workers, (o, v) => with(o, get(o) with { Workers = v }), "N", workers);
}
