using System.CommandLine;
using SimClr.Classification;

namespace SimClr.Cli.Commands;

/// <summary>The options that say how pictures go through an encoder.</summary>
internal sealed class ClassifierUse
{
    private static readonly PictureClassifierOptions Defaults = new();

    private readonly ValueOption _batch, _precision, _device, _workers;

    /// <param name="add">Makes an option of name, placeholder, help and default, and adds it to the command.</param>
    public ClassifierUse(Func<string, string, string, object, ValueOption> add)
    {
        _batch = add("--batch-size", "N", "pictures per forward pass", Defaults.BatchSize);
        _precision = add("--precision", "NAME", "fp32, bf16 or auto", Defaults.Precision);
        _device = add("--device", "NAME", "cpu, cuda, cuda:N or auto", Defaults.Device);
        _workers = add("--workers", "N", "threads that decode; 0 chooses", Defaults.Workers);
    }

    /// <summary>What the user asked for.</summary>
    /// <exception cref="UsageException">A value is not of its kind.</exception>
    public PictureClassifierOptions Options(ParseResult parsed) => new()
    {
        BatchSize = _batch.Whole(parsed, Defaults.BatchSize),
        Precision = _precision.Text(parsed) ?? Defaults.Precision,
        Device = _device.Text(parsed) ?? Defaults.Device,
        Workers = _workers.Whole(parsed, Defaults.Workers),
    };
}
