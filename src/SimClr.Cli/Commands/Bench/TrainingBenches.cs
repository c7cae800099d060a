using System.CommandLine;
using System.Globalization;
using SimClr.Cli.Display;
using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr bench augment</c> and <c>simclr bench step</c>: how fast views are made and trained on.</summary>
internal static class TrainingBenches
{
    private const string Remark =
        "Without DATA the views are made of built-in images. The machine should have nothing else to do.";

    public static Command Augment()
    {
        var command = new PageCommand(
            "augment", "Measure how many views per second are drawn and rendered from decoded images.")
        {
            Usage = ["[DATA] [options]"],
            Examples = ["--size 32", "--size 224 --blur", "~/pictures --size 224 --blur --json"],
            Notes = [Remark],
        };
        var options = new OptionSet<AugmentationSpeedOptions>(command, new())
            .Add(Arguments.OptionalData(), (o, v) => o with { Data = v })
            .Add(o => o.Size, (o, v) => o with { Size = v }, "PX", "side of the views in pixels")
            .AddFlag("--blur", o => o with { Blur = true }, "blur half of the views, as the paper does for ImageNet")
            .Add(o => o.Cores, (o, v) => o with { Cores = v }, "N", "threads; 0 means one for each core")
            .Add(o => o.Seconds, (o, v) => o with { Seconds = v }, "S", "length of each measurement");
        return command.Does((session, parsed) => BenchCommand.Measured(
            session, (stage, cancellationToken) =>
                AugmentationSpeed.Measure(options.Read(parsed), stage, cancellationToken), Show));
    }

    public static Command Step()
    {
        var command = new PageCommand("step", "Measure training steps, and where their time goes.")
        {
            Usage = ["[DATA] [options]"],
            Examples =
            [
                "--encoder resnet18 --image-size 32 --batch-size 128",
                "--encoder resnet50 --image-size 224 --batch-size 16 --precision fp32",
            ],
            Notes = [Remark],
        };
        var options = new OptionSet<StepSpeedOptions>(command, new())
            .Add(Arguments.OptionalData(), (o, v) => o with { Data = v })
            .Add(o => o.Steps, (o, v) => o with { Steps = v }, "N", "steps to measure, after two that are not");
        var settings = SettingOptions.OfSteps(command);
        return command.Does((session, parsed) =>
        {
            var chosen = options.Read(parsed) with { Settings = settings.Compose(parsed) };
            return BenchCommand.Measured(session,
                (stage, cancellationToken) => StepSpeed.Measure(chosen, stage, cancellationToken), Show);
        });
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
        session.Results.WriteLine(
            $"{speed.Encoder}, {speed.Views} views of {speed.ImageSize} px, {speed.Precision}; {speed.Compute}");
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
        if (speed.Cores > 1) Row($"{speed.Cores} cores", speed.ViewsPerSecond,
            FormattableString.Invariant($"{speed.Scaling:0.00} times one core"));
        Row("one core, plain", speed.PlainViewsPerSecondPerCore, "vectors of 128 bits");
        Row("limit, arithmetic", speed.ArithmeticLimit, "one core at its peak of multiply-adds, estimated");
        Row("limit, memory", speed.MemoryLimit, "one core at its peak of copying, estimated");
        session.Results.WriteLine(
            $"{speed.Size} px{(speed.Blur ? " with blur" : "")}, from {speed.Images} images ({speed.Source})");
        session.Results.Write(table);
    }
}
