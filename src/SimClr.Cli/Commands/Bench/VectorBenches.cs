using System.CommandLine;
using System.Globalization;
using SimClr.Cli.Display;
using SimClr.Measuring;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr bench search</c> and <c>simclr bench embed</c>: how fast vectors are found and made.</summary>
internal static class VectorBenches
{
    public static Command Search()
    {
        var defaults = new SearchSpeedOptions();
        var count = new ValueOption("--count", "N", "vectors of the index") { Default = $"{defaults.Count}" };
        var dimension = new ValueOption("--dim", "D", "length of the vectors") { Default = $"{defaults.Dimension}" };
        var top = new ValueOption("--top", "N", "how many a search finds") { Default = $"{defaults.Top}" };
        var repetitions = new ValueOption("--repetitions", "N", "searches; the median counts")
        {
            Default = $"{defaults.Repetitions}",
        };
        var folder = new ValueOption("--folder", "DIR", "where the index lies meanwhile") { Default = "the system's temporary one" };
        var command = new Command("search", "Measure opening an index file and searching it, beside reading its vectors once.")
        {
            count, dimension, top, repetitions, folder,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["[options]"], ["--count 100000 --dim 512", "--count 1000000 --dim 128 --json"],
            "The vectors are random. The machine should have nothing else to do.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new SearchSpeedOptions
            {
                Count = count.Whole(parsed, defaults.Count),
                Dimension = dimension.Whole(parsed, defaults.Dimension),
                Top = top.Whole(parsed, defaults.Top),
                Repetitions = repetitions.Whole(parsed, defaults.Repetitions),
                Folder = folder.Text(parsed),
            };
            return BenchCommand.Measured(session, (stage, cancellation) => SearchSpeed.Measure(options, stage, cancellation), Show);
        });
        return command;
    }

    public static Command Embed()
    {
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var limit = new ValueOption("--limit", "N", "at most so many pictures; 0 means all") { Default = "512" };
        var repetitions = new ValueOption("--repetitions", "N", "passes; the median counts") { Default = "3" };
        var batch = new ValueOption("--batch-size", "N", "pictures per forward pass") { Default = "64" };
        var size = new ValueOption("--image-size", "PX", "side of the pictures") { Default = "the run's" };
        var precision = new ValueOption("--precision", "auto|fp32|bf16", "what the encoder computes in") { Default = "auto" };
        var device = new ValueOption("--device", "NAME", "cpu, cuda, cuda:N or auto") { Default = "auto" };
        var workers = new ValueOption("--workers", "N", "threads that decode and render; 0 chooses") { Default = "0" };
        var threads = new ValueOption("--threads", "N", "threads of the encoder; 0 means all cores") { Default = "0" };
        var command = new Command("embed", "Measure how fast pictures become vectors, beside the encoder alone.")
        {
            run, data, limit, repetitions, batch, size, precision, device, workers, threads,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"], ["runs/mine ~/pictures", "runs/mine ~/pictures --limit 0 --json"],
            "The machine should have nothing else to do.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new EmbedSpeedOptions
            {
                Run = parsed.GetValue(run)!,
                Data = parsed.GetValue(data)!,
                Limit = limit.Whole(parsed, 512),
                Repetitions = repetitions.Whole(parsed, 3),
                Threads = threads.Whole(parsed, 0),
                Embedder = new()
                {
                    BatchSize = batch.Whole(parsed, 64),
                    ImageSize = size.Whole(parsed, 0),
                    Precision = precision.Text(parsed) ?? "auto",
                    Device = device.Text(parsed) ?? "auto",
                    Workers = workers.Whole(parsed, 0),
                },
            };
            return BenchCommand.Measured(session, (stage, cancellation) => EmbedSpeed.Measure(options, stage, cancellation), Show);
        });
        return command;
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
            .AddColumn("processor time of a picture").AddColumn(new TableColumn("ms").RightAligned());
        table.AddRow("decode", Rounded(speed.Milliseconds.Decode));
        table.AddRow("render", Rounded(speed.Milliseconds.Render));
        table.AddRow("forward", Rounded(speed.Milliseconds.Forward));
        table.AddRow("all of embedding", Rounded(speed.Milliseconds.Embed));
        session.Results.WriteLine($"{Numbers.Count(speed.Pictures)} pictures at {speed.ImageSize} px, "
            + $"{speed.BatchSize} at a time; {speed.Compute}");
        session.Results.Write(table);
        session.Results.WriteLine(FormattableString.Invariant($"{speed.PicturesPerSecond:0.0} pictures/s; the encoder alone ")
            + FormattableString.Invariant($"{speed.ForwardPerSecond:0.0}: {100 * speed.Ratio:0.0} %. ")
            + FormattableString.Invariant($"It has {100 * speed.ForwardShare:0.0} % of the parts' processor time."));
    }

    private static string Rounded(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
