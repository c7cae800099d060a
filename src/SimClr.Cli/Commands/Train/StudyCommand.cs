using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr study NAME DATA --out DIR</c>.</summary>
internal static class StudyCommand
{
    public static Command Build(string word, string description)
    {
        var command = new PageCommand(word, description)
        {
            Usage = ["NAME DATA --out DIR [options]", "NAME --list"],
            Examples =
            [
                "loss shapes --out studies/loss --quick",
                "temperature cifar10:data/cifar-10-batches-bin --out studies/temperature --seeds 1,2,3",
                "batch-epochs shapes --out studies/batch --only linear-batch-1x-epochs-1x,linear-batch-4x-epochs-1x",
            ],
            Notes =
            [
                "Settings apply to all runs of the study, and cells set their own on top; in brackets stand defaults, where "
                + "neither the study nor its preset says otherwise. Ctrl-C stops and saves; the same command continues.",
            ],
            Topics =
            [
                SettingOptions.Presets,
                new("Studies", () => PaperStudies.All
                    .Select(study => new HelpRow(study.Name, $"{study.Title} ({study.Source})"))
                    .Append(new HelpRow(
                        HistogramStudy.Name, "Intensities with and without color distortion (Figure 6), no training"))),
            ],
        };
        var name = command.Take(new Argument<string?>("NAME")
        {
            Description = "the study, see below",
            Arity = ArgumentArity.ZeroOrOne,
        });
        var data = command.Take(Arguments.OptionalData());
        var destination = command.Take(new ValueOption<string?>(
            "--out", "DIR", "folder for the study; the same folder continues or extends it"));
        var options = new OptionSet<StudyOptions>(command, new())
            .AddFlag("--quick", o => o with { Quick = true }, "a small form that takes minutes on two cores")
            .Add(o => o.Seeds, (o, v) => o with { Seeds = v }, "N,N,...", "seeds with which every cell is run")
            .Add(o => o.Only, (o, v) => o with { Only = v }, "KEY,KEY,...", "run these cells");
        var list = command.Take(new FlagOption(
            "--list", "show the cells, with their settings and the paper's figures, and run nothing"));
        var settings = SettingOptions.WithoutSeed(command);
        return command.Does((session, parsed) =>
        {
            var chosen = options.Read(parsed) with
            {
                Preset = settings.PresetName(parsed) ?? "",
                File = settings.FromFile(parsed),
                Overrides = settings.FromCommandLine(parsed),
            };
            if (parsed.GetValue(name) is not { } title)
                throw new UsageException($"study needs NAME, one of {string.Join(", ", PaperStudies.Names)}");
            var study = title == HistogramStudy.Name ? null : PaperStudies.Find(title);
            if (study is not null && parsed.GetValue(list)) return List(session, study, chosen);
            var images = parsed.GetValue(data) ?? throw new UsageException("study needs DATA");
            var folder = parsed.GetValue(destination)
                ?? throw new UsageException("study needs --out DIR, the folder to write to");
            return study is null ? Histogram(session, images, folder, chosen) : Run(session, study, images, folder, chosen);
        });
    }

    private static int Run(Session session, Study study, string data, string folder, StudyOptions options)
    {
        var result = session.IsLive
            ? LiveProgress.Run(session, $"{study.Title} on {data}",
                live => StudyRunner.Run(study, data, folder, options, live, new StageProgress.Words(live.Stage), session.Logger,
                    session.Cancellation))
            : StudyRunner.Run(study, data, folder, options, session.IsQuiet ? null : new LineProgress(session.Note),
                new StageProgress.Words(session.Note), session.Logger, session.Cancellation);
        session.Results.Write(StudyView.Of(result));
        foreach (var line in StudyView.Lines(result)) session.Results.WriteLine(line);
        if (result.Interrupted) session.Results.WriteLine("Stopped; the state is saved. The same command continues.");
        else session.Results.WriteLine($"Look at:  {Path.Combine(folder, "report.html")}");
        session.WriteJson(StudyFiles.Summary(result).ToJsonString());
        return result.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static int Histogram(Session session, string data, string folder, StudyOptions options)
    {
        var result = HistogramStudy.Run(data, folder, options);
        foreach (var line in HistogramStudy.Lines(result)) session.Results.WriteLine(line);
        session.Results.WriteLine($"Look at:  {Path.Combine(folder, "report.html")}");
        session.WriteJson(result.ToJson().ToJsonString());
        return ExitCode.Done;
    }

    private static int List(Session session, Study study, StudyOptions options)
    {
        var cells = study.Choose(options.Validated());
        var table = StudyView.List(study, options, cells);
        session.Results.WriteLine($"{study.Title} ({study.Source}). {study.Shows}");
        session.Results.Write(table);
        var listed = cells.Select(cell => new JsonObject
        {
            ["cell"] = cell.Key,
            ["settings"] = study.Compose(options, cell, options.Seeds[0]).ToJson(),
            ["paper_top1"] = cell.Paper?.Top1,
        });
        session.WriteJson(new JsonObject { ["study"] = study.Name, ["cells"] = new JsonArray([.. listed]) }.ToJsonString());
        return ExitCode.Done;
    }
}
