using System.CommandLine;
using System.Globalization;
using SimClr.Cli.Display;
using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr bench loss</c> and <c>simclr bench knn</c>: how fast all vectors are compared with all.</summary>
internal static class KernelBenches
{
    public static Command Loss()
    {
        var command = new PageCommand("loss", "Measure the NT-Xent loss and its gradient, beside the plain way.")
        {
            Usage = ["[options]"],
            Examples = ["--n 4096", "--n 1024 --views 8", "--n 65536 --repetitions 1 --json"],
            Notes = ["The rows are random. The machine should have nothing else to do."],
        };
        var options = new OptionSet<LossSpeedOptions>(command, new())
            .Add(o => o.N, (o, v) => o with { N = v }, "N", "images of the batch")
            .Add(o => o.Views, (o, v) => o with { Views = v }, "V", "views of each image")
            .Add(o => o.Dimension, (o, v) => o with { Dimension = v }, "D", "length of the compared vectors", "--dim")
            .Add(o => o.Temperature, (o, v) => o with { Temperature = v }, "T", "temperature of the loss")
            .Add(o => o.Repetitions, (o, v) => o with { Repetitions = v }, "N", "passes; the median counts")
            .Add(o => o.PlainUpTo, (o, v) => o with { PlainUpTo = v }, "N", "the plain way too, for batches up to N")
            .Add(o => o.Device, (o, v) => o with { Device = v }, "NAME", MachineOptions.Devices)
            .Add(o => o.Threads, (o, v) => o with { Threads = v }, "N", "threads; 0 means all cores");
        return command.Does((session, parsed) => BenchCommand.Measured(
            session, (stage, cancellationToken) => LossSpeed.Measure(options.Read(parsed), stage, cancellationToken), Show));
    }

    public static Command Knn()
    {
        var command = new PageCommand("knn", "Measure nearest neighbors, beside the matrix product of all similarities.")
        {
            Usage = ["[options]"],
            Examples = ["--bank 50000 --queries 10000 --dim 512 --k 200", "--dim 128 --json"],
            Notes = ["The vectors are random. The machine should have nothing else to do."],
        };
        var options = new OptionSet<KnnSpeedOptions>(command, new())
            .Add(o => o.Bank, (o, v) => o with { Bank = v }, "N", "vectors that are searched")
            .Add(o => o.Queries, (o, v) => o with { Queries = v }, "N", "vectors whose neighbors are sought")
            .Add(o => o.Dimension, (o, v) => o with { Dimension = v }, "D", "length of the vectors", "--dim")
            .Add(o => o.K, (o, v) => o with { K = v }, "N", "neighbors of each")
            .Add(o => o.Repetitions, (o, v) => o with { Repetitions = v }, "N", "passes; the median counts")
            .Add(o => o.Device, (o, v) => o with { Device = v }, "NAME", MachineOptions.Devices)
            .Add(o => o.Threads, (o, v) => o with { Threads = v }, "N", "threads; 0 means all cores");
        return command.Does((session, parsed) => BenchCommand.Measured(
            session, (stage, cancellationToken) => KnnSpeed.Measure(options.Read(parsed), stage, cancellationToken), Show));
    }

    private static void Show(Session session, KnnSpeed speed)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("").AddColumn(new TableColumn("ms").RightAligned()).AddColumn(new TableColumn("memory").RightAligned());
        void Row(string what, double seconds, string memory) =>
            table.AddRow(what, (1000 * seconds).ToString("0", CultureInfo.InvariantCulture), memory);
        Row("neighbors", speed.Seconds, speed.ExtraBytes is { } bytes ? $"{bytes / (1 << 20)} MiB" : "");
        Row("matrix product alone", speed.MatmulSeconds, "");
        session.Results.WriteLine($"the {speed.K} nearest of {Numbers.Count(speed.Bank)} vectors of {speed.Dimension} "
            + $"to each of {Numbers.Count(speed.Queries)}; {speed.Compute}");
        session.Results.Write(table);
    }

    private static void Show(Session session, LossSpeed speed)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("").AddColumn(new TableColumn("ms").RightAligned()).AddColumn(new TableColumn("memory").RightAligned());
        void Row(string what, double? seconds, long? bytes) => table.AddRow(what,
            seconds is { } s ? (1000 * s).ToString("0.0", CultureInfo.InvariantCulture) : "not run",
            bytes is { } b ? $"{b / (1 << 20)} MiB" : "");
        Row("NT-Xent in tiles", speed.Seconds, speed.ExtraBytes);
        Row("plain", speed.PlainSeconds, speed.PlainExtraBytes);
        var rows = speed.Views * (long)speed.N;
        session.Results.WriteLine($"{rows} rows of {speed.Dimension}, forward and backward; {speed.Compute}");
        session.Results.Write(table);
    }
}
