using System.CommandLine;
using System.Text.Json;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Pretraining;
using SimClr.Reports;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr pretrain DATA --out RUN</c> and <c>simclr pretrain --resume RUN</c>.</summary>
internal static class PretrainCommand
{
    public static Command Build(string name, string description)
    {
        var data = Arguments.OptionalData();
        var destination = new ValueOption("--out", "RUN", "the run folder to make") { Group = "Run" };
        var resume = new ValueOption("--resume", "RUN", "continue a run that was stopped, as it began") { Group = "Run" };
        var accept = new FlagOption("--accept-changes", "with --resume: go on although pictures or settings have changed")
        {
            Group = "Run",
        };
        var command = new Command(name, description)
        {
            data, destination, resume, accept,
        };
        var settings = new SettingOptions(command, SettingOptions.All);
        var common = Session.AddOptions(command);
        HelpText.Describe(command,
            ["DATA --out RUN [options]", "--resume RUN"],
            [
                "shapes --out runs/shapes --preset shapes-quick",
                "cifar10:data/cifar-10-batches-bin --out runs/cifar --preset cifar10-cpu",
                "~/pictures --out runs/mine --preset folder --image-size 128 --epochs 50",
                "--resume runs/mine",
            ],
            "In brackets: defaults, when neither a preset nor a file says otherwise. "
            + "Ctrl-C stops after the step in progress and saves the state.");
        HelpText.DescribePresets(command, () => Preset.Names.Select(name => new HelpRow(name, Preset.Load(name).Expectation)));
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            return resume.Text(parsed) is { } run
                ? Resume(session, run, parsed.GetValue(accept), [.. settings.Given(parsed), .. Given(parsed, data, destination)])
                : parsed.GetValue(accept)
                ? throw new UsageException("--accept-changes goes with --resume RUN")
                : Start(session, parsed.GetValue(data), destination.Text(parsed), settings.Compose(parsed));
        });
        return command;
    }

    private static int Start(Session session, string? data, string? run, PretrainingOptions options)
    {
        if (data is null) throw new UsageException("pretrain needs DATA, or --resume RUN");
        if (run is null) throw new UsageException("pretrain needs --out RUN, the folder to write to");
        return Finish(session, run, data, Title(options, data),
            progress => Pretrainer.Run(options, data, run, progress, session.Warn, Observer(session, options, data),
                session.Cancellation));
    }

    private static int Resume(Session session, string run, bool accept, string[] given)
    {
        if (given is [var first, ..])
            throw new UsageException($"--resume continues with the run's own data and settings; leave out {first}");
        var config = RunFolder.Open(run).ReadConfig();
        return Finish(session, run, config.Data, Title(config.Options, config.Data),
            progress => Pretrainer.Resume(run, progress, session.Warn, Observer(session, config.Options, config.Data),
                accept, session.Cancellation));
    }

    private static KnnObserver? Observer(Session session, PretrainingOptions options, string data)
    {
        var observer = KnnObserver.Of(options.Validated(), data);
        if (observer is null && options.KnnEpochs > 0)
            session.Note($"{data} has no classes or no test part; --knn-epochs finds nothing to measure.");
        return observer;
    }

    private static int Finish(Session session, string run, string data, string title,
        Func<IProgress<PretrainingProgress>?, PretrainingSummary> train)
    {
        PretrainingSummary Curves(IProgress<PretrainingProgress>? next)
        {
            using var curves = new LiveTensorBoard(run, next, session.Note);
            return train(curves);
        }
        var summary = session.IsLive
            ? LiveProgress.Run(session, title, live =>
            {
                live.Stage("Ctrl-C stops and saves");
                return Curves(live);
            })
            : Curves(session.IsQuiet ? null : new LineProgress(session.Note));
        RunReport.Write(summary.Run);
        RunLines.Write(session, summary, data);
        session.WriteJson(JsonSerializer.Serialize(summary));
        return summary.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static string Title(PretrainingOptions o, string data) =>
        $"{o.Encoder}{(o.Width == 1 ? "" : $" x{o.Width}")} on {data}, {o.ImageSize} px, batch {o.BatchSize}";

    private static IEnumerable<string> Given(ParseResult parsed, Argument<string?> data, ValueOption destination)
    {
        if (parsed.GetValue(data) is not null) yield return data.Name;
        if (destination.Text(parsed) is not null) yield return destination.Name;
    }
}
