using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr pretrain DATA --out RUN</c> and <c>simclr pretrain --resume RUN</c>.</summary>
internal static class PretrainCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["DATA --out RUN [options]", "--resume RUN"],
            Examples =
            [
                "shapes --out runs/shapes --preset shapes-quick",
                "cifar10:data/cifar-10-batches-bin --out runs/cifar --preset cifar10-cpu",
                "~/pictures --out runs/mine --preset folder --image-size 128 --epochs 50",
                "~/pictures --out runs/mine --preset folder --minutes 30",
                "~/pictures --out runs/mine --preset adapt --initial-weights imagenet-resnet18",
                "--resume runs/mine",
            ],
            Notes =
            [
                "In brackets: defaults, when neither a preset nor a file says otherwise. "
                + "Ctrl-C stops after the step in progress and saves the state.",
            ],
            Topics = [SettingOptions.Presets],
        };
        const string run = "Run";
        var data = command.Take(Arguments.OptionalData());
        var destination = command.Take(new ValueOption<string?>("--out", "RUN", "the run folder to make") { Heading = run });
        var resume = command.Take(new ValueOption<string?>("--resume", "RUN", "continue a run that was stopped, as it began")
        {
            Heading = run,
        });
        var accept = command.Take(new FlagOption("--accept-changes",
            "with --resume: go on although images or settings have changed")
        {
            Heading = run,
        });
        var minutes = command.Take(new ValueOption<double?>("--minutes", "M",
            "instead of --epochs: measure some steps, and plan epochs, warmup and sides for M minutes")
        {
            Heading = run,
        });
        var settings = SettingOptions.All(command);
        return command.Does((session, parsed) =>
        {
            var (images, folder) = (parsed.GetValue(data), parsed.GetValue(destination));
            if (parsed.GetValue(resume) is { } begun)
            {
                string?[] others =
                    [.. settings.Given(parsed), images is null ? null : data.Name, folder is null ? null : destination.Name,
                        parsed.GetValue(minutes) is null ? null : minutes.Name];
                return Resume(session, begun, parsed.GetValue(accept), Array.Find(others, other => other is not null));
            }
            if (parsed.GetValue(accept)) throw new UsageException("--accept-changes goes with --resume RUN");
            return Start(session, images, folder, settings.Compose(parsed), parsed.GetValue(minutes),
                [.. settings.Given(parsed)]);
        });
    }

    /// <summary>Trains on data that is opened once, and shows how it went.</summary>
    /// <param name="session">Where.</param>
    /// <param name="data">The data.</param>
    /// <param name="run">The run folder.</param>
    /// <param name="options">The settings.</param>
    /// <param name="firstWords">Lines to be shown when training begins.</param>
    internal static int Train(
        Session session, OpenedData data, string run, PretrainingOptions options, params IReadOnlyList<string> firstWords) =>
        Finish(session, run, data, Title(options, data.Name), firstWords,
            progress => Pretrainer.Run(options, data, run, progress, session.Logger, Observer(session, options, data),
                session.Cancellation));

    private static int Start(Session session, string? data, string? run, PretrainingOptions options, double? minutes,
        IReadOnlyList<string> given)
    {
        if (data is null) throw new UsageException("pretrain needs DATA, or --resume RUN");
        if (run is null) throw new UsageException("pretrain needs --out RUN, the folder to write to");
        NamedEncoders.RequireHere(options.InitialWeights);
        var opened = new OpenedData(data);
        RunFolder.RequireUnused(run);
        var planned = minutes is null ? options.Validated() : Plan(session, opened, run, options, minutes.Value, given);
        return Train(session, opened, run, planned,
            [.. FirstWords.OfRun(planned, opened), .. FirstWords.OfPreset(opened, given)]);
    }

    private static PretrainingOptions Plan(Session session, OpenedData data, string run, PretrainingOptions options,
        double minutes, IReadOnlyList<string> given)
    {
        if (minutes is not (> 0 and <= 60_000)) throw new UsageException("--minutes must be above 0 and at most 60000");
        if (given.FirstOrDefault(name => name is "--epochs" or "--limit") is { } other)
            throw new UsageException($"--minutes plans the number of epochs; leave out {other}");
        RunFolder.RequireUnused(run);
        session.Note("Measuring some steps");
        var plan = RunPlanner.Plan(options, data, TimeSpan.FromMinutes(minutes), given.Contains("--image-size"),
            session.Cancellation);
        session.Note(PlanLine.Of(plan));
        return plan.Options;
    }

    private static int Resume(Session session, string run, bool accept, string? other)
    {
        if (other is not null)
            throw new UsageException($"--resume continues with the run's own data and settings; leave out {other}");
        var config = RunFolder.Open(run).ReadConfig();
        var data = new OpenedData(config.Data);
        return Finish(session, run, data, Title(config.Options, config.Data), [],
            progress => Pretrainer.Resume(run, data, progress, session.Logger, Observer(session, config.Options, data),
                accept, session.Cancellation));
    }

    private static IEncoderObserver? Observer(Session session, PretrainingOptions options, OpenedData data)
    {
        var observer = RunObserver.Open(options.Validated(), data);
        if (observer is not KnnObserver && options.KnnEpochs > 0)
            session.Note($"{data.Name} has no classes or no test part; --knn-epochs finds nothing to measure.");
        return observer;
    }

    private static int Finish(Session session, string run, OpenedData data, string title, IReadOnlyList<string> firstWords,
        Func<IProgress<TrainingMetrics>?, PretrainingSummary> train)
    {
        PretrainingSummary Curves(IProgress<TrainingMetrics>? next)
        {
            using var curves = new LiveTensorBoard(run, next, session.Logger);
            return train(curves);
        }
        if (session.IsLive)
            foreach (var line in firstWords) session.Note(line);
        var summary = session.IsLive
            ? LiveProgress.Run(session, title, live =>
            {
                live.Stage("Ctrl-C stops and saves");
                return Curves(live);
            })
            : Curves(session.IsQuiet ? null : new LineProgress(session.Note) { First = firstWords });
        RunReport.Write(summary.Run, data);
        RunLines.Write(session, summary, data);
        session.WriteJson(summary.ToJson().ToJsonString());
        return summary.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static string Title(PretrainingOptions o, string data) =>
        $"{o.Model.ToResNet().Name}{(o.Model.Width == 1 ? "" : $" x{o.Model.Width}")} on {data}, {o.Model.ImageSize} px, "
        + $"batch {o.BatchSize}";
}
