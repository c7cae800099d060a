using System.CommandLine;
using System.Globalization;
using SimClr.Cli.Display;
using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr bench search</c> and <c>simclr bench embed</c>: how fast vectors are found and made.</summary>
internal static class VectorBenches
{
    public static Command Search()
    {
        var command = new PageCommand(
            "search", "Measure opening an index file and searching it, beside reading its vectors once.")
        {
            Usage = ["[options]"],
            Examples = ["--count 100000 --dim 512", "--count 1000000 --dim 128 --json"],
            Notes = ["The vectors are random. The machine should have nothing else to do."],
        };
        var options = new OptionSet<SearchSpeedOptions>(command, new())
            .Add(o => o.Count, (o, v) => o with { Count = v }, "N", "vectors of the index")
            .Add(o => o.Dimension, (o, v) => o with { Dimension = v }, "D", "length of the vectors", "--dim")
            .Add(o => o.Top, (o, v) => o with { Top = v }, "N", "how many a search finds")
            .Add(o => o.Repetitions, (o, v) => o with { Repetitions = v }, "N", "searches; the median counts")
            .Add(o => o.Folder, (o, v) => o with { Folder = v }, "DIR", "where the index lies meanwhile",
                shown: "the system's temporary one");
        return command.Does((session, parsed) => BenchCommand.Measured(
            session, (stage, cancellationToken) => SearchSpeed.Measure(options.Read(parsed), stage, cancellationToken), Show));
    }

    public static Command Embed()
    {
        var command = new PageCommand("embed", "Measure how fast images become vectors, beside the encoder alone.")
        {
            Usage = ["RUN DATA [options]"],
            Examples = ["runs/mine ~/pictures", "runs/mine ~/pictures --limit 0 --json"],
            Notes = ["The machine should have nothing else to do."],
        };
        var options = new OptionSet<EmbedSpeedOptions>(command, new() { Run = "", Data = "" })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "at most so many images; 0 means all")
            .Add(o => o.Repetitions, (o, v) => o with { Repetitions = v }, "N", "passes; the median counts")
            .Add(o => o.Embedder.ImageSize, (o, v) => o with { Embedder = o.Embedder with { ImageSize = v } }, "PX",
                "side of the images", shown: "the run's")
            .AddEncoder(o => o.Embedder, (o, v) => o with { Embedder = v })
            .Add(o => o.Threads, (o, v) => o with { Threads = v }, "N", "threads of the encoder; 0 means all cores");
        return command.Does((session, parsed) => BenchCommand.Measured(
            session, (stage, cancellationToken) => EmbedSpeed.Measure(options.Read(parsed), stage, cancellationToken), Show));
    }

    private static void Show(Session session, SearchSpeed speed)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn(new TableColumn("ms").RightAligned())
            .AddColumn(new TableColumn("of a processor").RightAligned());
        void Row(string what, double seconds, double? processor = null) =>
            table.AddRow(what, Rounded(1000 * seconds), processor is { } busy ? Rounded(1000 * busy) : "");
        Row("opening the file", speed.OpenSeconds, speed.OpenProcessorSeconds);
        Row("first search", speed.FirstSeconds);
        Row("search, one core", speed.OneCoreSeconds, speed.OneCoreProcessorSeconds);
        Row("slowest of them", speed.OneCoreWorst);
        Row($"search, {speed.Cores} cores", speed.Seconds);
        Row("adding up all numbers, one core", speed.SumSeconds, speed.SumProcessorSeconds);
        session.Results.WriteLine($"the {speed.Top} nearest of {Numbers.Count(speed.Count)} vectors of {speed.Dimension}; "
            + speed.Compute);
        session.Results.Write(table);
    }

    private static void Show(Session session, EmbedSpeed speed)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("processor time of an image").AddColumn(new TableColumn("ms").RightAligned());
        table.AddRow("decode", Rounded(speed.Milliseconds.Decode));
        table.AddRow("render", Rounded(speed.Milliseconds.Render));
        table.AddRow("forward", Rounded(speed.Milliseconds.Forward));
        table.AddRow("all of embedding", Rounded(speed.Milliseconds.Embed));
        session.Results.WriteLine($"{Numbers.Count(speed.Images)} images at {speed.ImageSize} px, "
            + $"{speed.BatchSize} at a time; {speed.Compute}");
        session.Results.Write(table);
        session.Results.WriteLine(FormattableString.Invariant($"{speed.ImagesPerSecond:0.0} images/s; the encoder alone ")
            + FormattableString.Invariant($"{speed.ForwardPerSecond:0.0}: {100 * speed.Ratio:0.0} %. ")
            + FormattableString.Invariant($"It has {100 * speed.ForwardShare:0.0} % of the parts' processor time."));
    }

    private static string Rounded(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
