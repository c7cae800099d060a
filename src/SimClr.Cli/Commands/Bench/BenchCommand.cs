using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SimClr.Cli.Display;
using SimClr.Measuring;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr bench augment</c>: what this machine does.</summary>
internal static class BenchCommand
{
    public static Command Build(string name, string description)
    {
        var command = new Command(name, description)
        {
            Augment(), Step(), Loss(), Knn(), VectorBenches.Search(), VectorBenches.Embed(), BenchQualityCommands.Duplicates(),
            BenchQualityCommands.Retrieval(),
        };
        HelpText.Describe(command, ["augment [DATA] [options]", "step [DATA] [options]", "loss [options]", "knn [options]",
                "search [options]", "embed RUN DATA [options]", "duplicates RUN DATA [options]", "retrieval RUN DATA [options]"],
            ["augment --size 224 --blur --json", "step --encoder resnet18 --batch-size 128", "loss --n 4096", "knn --k 20"]);
        return command;
    }

    /// <summary>Measures, and shows the result or prints it as JSON.</summary>
    public static int Measured<T>(Session session, Func<IProgress<string>, CancellationToken, T> measure, Action<Session, T> show)
    {
        var result = StageProgress.Run(session, stage => measure(stage, session.Cancellation));
        show(session, result);
        session.WriteJson(JsonSerializer.Serialize(result));
        return ExitCode.Done;
    }

    private static Command Augment()
    {
        var defaults = new AugmentationSpeedOptions();
        var data = Arguments.OptionalData();
        var size = new ValueOption("--size", "PX", "side of the views in pixels") { Default = $"{defaults.Size}" };
        var blur = new FlagOption("--blur", "blur half of the views, as the paper does for ImageNet");
        var cores = new ValueOption("--cores", "N", "threads; 0 means one for each core") { Default = $"{defaults.Cores}" };
        var seconds = new ValueOption("--seconds", "S", "length of each measurement") { Default = FormattableString.Invariant($"{defaults.Seconds}") };
        var command = new Command("augment", "Measure how many views per second are drawn and rendered from decoded pictures.")
        {
            data, size, blur, cores, seconds,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["[DATA] [options]"],
            ["--size 32", "--size 224 --blur", "~/pictures --size 224 --blur --json"],
            "Without DATA the views are made of built-in pictures. The machine should have nothing else to do.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new AugmentationSpeedOptions
            {
                Size = size.Whole(parsed, defaults.Size),
                Blur = parsed.GetValue(blur),
                Data = parsed.GetValue(data),
                Cores = cores.Whole(parsed, defaults.Cores),
                Seconds = seconds.Number(parsed, defaults.Seconds),
            };
            return Measured(session, (stage, cancellation) => AugmentationSpeed.Measure(options, stage, cancellation), Show);
        });
        return command;
    }

    private static Command Step()
    {
        var data = Arguments.OptionalData();
        var defaults = new StepSpeedOptions();
        var steps = new ValueOption("--steps", "N", "steps to measure, after two that are not") { Default = $"{defaults.Steps}" };
        var command = new Command("step", "Measure training steps, and where their time goes.") { data, steps };
        var settings = new SettingOptions(command, SettingOptions.OfSteps);
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["[DATA] [options]"],
            ["--encoder resnet18 --image-size 32 --batch-size 128", "--encoder resnet50 --image-size 224 --batch-size 16 --precision fp32"],
            "Without DATA the views are made of built-in pictures. The machine should have nothing else to do.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new StepSpeedOptions
            {
                Settings = settings.Compose(parsed),
                Data = parsed.GetValue(data),
                Steps = steps.Whole(parsed, defaults.Steps),
            };
            return Measured(session, (stage, cancellation) => StepSpeed.Measure(options, stage, cancellation), Show);
        });
        return command;
    }

    private static Command Loss()
    {
        var defaults = new LossSpeedOptions();
        var n = new ValueOption("--n", "N", "pictures of the batch; each has two views") { Default = $"{defaults.N}" };
        var dimension = new ValueOption("--dim", "D", "length of the compared vectors") { Default = $"{defaults.Dimension}" };
        var temperature = new ValueOption("--temperature", "T", "temperature of the loss") { Default = FormattableString.Invariant($"{defaults.Temperature}") };
        var repetitions = new ValueOption("--repetitions", "N", "passes; the median counts") { Default = $"{defaults.Repetitions}" };
        var plain = new ValueOption("--plain-up-to", "N", "the plain way too, for batches up to N") { Default = $"{defaults.PlainUpTo}" };
        var device = new ValueOption("--device", "NAME", "cpu, cuda, cuda:N or auto") { Default = defaults.Device };
        var threads = new ValueOption("--threads", "N", "threads; 0 means all cores") { Default = $"{defaults.Threads}" };
        var command = new Command("loss", "Measure the NT-Xent loss and its gradient, beside the plain way.")
        {
            n, dimension, temperature, repetitions, plain, device, threads,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["[options]"], ["--n 4096", "--n 65536 --repetitions 1 --json"],
            "The rows are random. The machine should have nothing else to do.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new LossSpeedOptions
            {
                N = n.Whole(parsed, defaults.N),
                Dimension = dimension.Whole(parsed, defaults.Dimension),
                Temperature = temperature.Number(parsed, defaults.Temperature),
                Repetitions = repetitions.Whole(parsed, defaults.Repetitions),
                PlainUpTo = plain.Whole(parsed, defaults.PlainUpTo),
                Device = device.Text(parsed) ?? defaults.Device,
                Threads = threads.Whole(parsed, defaults.Threads),
            };
            return Measured(session, (stage, cancellation) => LossSpeed.Measure(options, stage, cancellation), Show);
        });
        return command;
    }

    private static Command Knn()
    {
        var defaults = new KnnSpeedOptions();
        var bank = new ValueOption("--bank", "N", "vectors that are searched") { Default = $"{defaults.Bank}" };
        var queries = new ValueOption("--queries", "N", "vectors whose neighbours are sought") { Default = $"{defaults.Queries}" };
        var dimension = new ValueOption("--dim", "D", "length of the vectors") { Default = $"{defaults.Dimension}" };
        var k = new ValueOption("--k", "N", "neighbours of each") { Default = $"{defaults.K}" };
        var repetitions = new ValueOption("--repetitions", "N", "passes; the median counts") { Default = $"{defaults.Repetitions}" };
        var device = new ValueOption("--device", "NAME", "cpu, cuda, cuda:N or auto") { Default = defaults.Device };
        var threads = new ValueOption("--threads", "N", "threads; 0 means all cores") { Default = $"{defaults.Threads}" };
        var command = new Command("knn", "Measure nearest neighbours, beside the matrix product of all similarities.")
        {
            bank, queries, dimension, k, repetitions, device, threads,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["[options]"], ["--bank 50000 --queries 10000 --dim 512 --k 200", "--dim 128 --json"],
            "The vectors are random. The machine should have nothing else to do.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new KnnSpeedOptions
            {
                Bank = bank.Whole(parsed, defaults.Bank),
                Queries = queries.Whole(parsed, defaults.Queries),
                Dimension = dimension.Whole(parsed, defaults.Dimension),
                K = k.Whole(parsed, defaults.K),
                Repetitions = repetitions.Whole(parsed, defaults.Repetitions),
                Device = device.Text(parsed) ?? defaults.Device,
                Threads = threads.Whole(parsed, defaults.Threads),
            };
            return Measured(session, (stage, cancellation) => KnnSpeed.Measure(options, stage, cancellation), Show);
        });
        return command;
    }

    private static void Show(Session session, KnnSpeed speed)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("").AddColumn(new TableColumn("ms").RightAligned()).AddColumn(new TableColumn("memory").RightAligned());
        void Row(string what, double seconds, string memory) =>
            table.AddRow(what, (1000 * seconds).ToString("0", CultureInfo.InvariantCulture), memory);
        Row("neighbours", speed.Seconds, speed.ExtraBytes is { } bytes ? $"{bytes / (1 << 20)} MiB" : "");
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
        session.Results.WriteLine($"{2 * speed.N} rows of {speed.Dimension}, forward and backward; {speed.Compute}");
        session.Results.Write(table);
    }

    private static void Show(Session session, StepSpeed speed)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn(new TableColumn("ms").RightAligned());
        void Row(string what, double milliseconds) =>
            table.AddRow(what, milliseconds.ToString("0.0", CultureInfo.InvariantCulture));
        Row("data", speed.Milliseconds.Data);
        Row("forward", speed.Milliseconds.Forward);
        Row("loss", speed.Milliseconds.Loss);
        Row("backward", speed.Milliseconds.Backward);
        Row("optimizer", speed.Milliseconds.Optimizer);
        session.Results.WriteLine($"{speed.Encoder}, {speed.Views} views of {speed.ImageSize} px, {speed.Precision}; {speed.Compute}");
        session.Results.Write(table);
        session.Results.WriteLine(FormattableString.Invariant($"{speed.ViewsPerSecond:0.0} views/s; ")
            + FormattableString.Invariant($"forward and backward alone {speed.BareViewsPerSecond:0.0}"));
    }

    private static void Show(Session session, AugmentationSpeed speed)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("").AddColumn(new TableColumn("views/s").RightAligned()).AddColumn("");
        void Row(string what, double rate, string remark) => table.AddRow(what, Numbers.Count(rate), remark);
        Row("one core", speed.ViewsPerSecondPerCore, $"{speed.VectorBits}-bit vectors");
        if (speed.Cores > 1) Row($"{speed.Cores} cores", speed.ViewsPerSecond, FormattableString.Invariant($"{speed.Scaling:0.00} times one core"));
        Row("one core, plain", speed.PlainViewsPerSecondPerCore, "vectors of 128 bits");
        Row("limit, arithmetic", speed.ArithmeticLimit, "one core at its peak of multiply-adds, estimated");
        Row("limit, memory", speed.MemoryLimit, "one core at its peak of copying, estimated");
        session.Results.WriteLine(
            $"{speed.Size} px{(speed.Blur ? " with blur" : "")}, from {speed.Pictures} pictures ({speed.Source})");
        session.Results.Write(table);
    }
}
