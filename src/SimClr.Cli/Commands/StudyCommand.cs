using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Pretraining;
using SimClr.Studies;
using SimClr.Studies.Catalogue;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr study NAME DATA --out DIR</c>.</summary>
internal static class StudyCommand
{
    public static Command Build(string word, string description)
    {
        var name = new Argument<string?>("NAME") { Description = "the study, see below", Arity = ArgumentArity.ZeroOrOne };
        var data = Arguments.OptionalData();
        var destination = new ValueOption("--out", "DIR", "folder for the study; the same folder continues or extends it");
        var quick = new FlagOption("--quick", "a small form that takes minutes on two cores");
        var seeds = new ValueOption("--seeds", "N,N,...", "seeds with which every cell is run") { Default = "1" };
        var only = new ValueOption("--only", "KEY,KEY,...", "run these cells");
        var list = new FlagOption("--list", "show the cells, with their settings and the paper's figures, and run nothing");
        var command = new Command(word, description)
        {
            name, data, destination, quick, seeds, only, list,
        };
        var settings = new SettingOptions(command, SettingOptions.All.Except([nameof(PretrainingOptions.Seed)]));
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["NAME DATA --out DIR [options]", "NAME --list"],
            [
                "loss shapes --out studies/loss --quick",
                "temperature cifar10:data/cifar-10-batches-bin --out studies/temperature --seeds 1,2,3",
                "batch-epochs shapes --out studies/batch --only linear-batch-1x-epochs-1x,linear-batch-4x-epochs-1x",
            ],
            "Settings apply to all runs of the study, and cells set their own on top; in brackets stand defaults, where neither "
            + "the study nor its preset says otherwise. Ctrl-C stops and saves; the same command continues.");
        HelpText.DescribePresets(command,
            () => Preset.Names.Select(preset => new HelpRow(preset, Preset.Load(preset).Expectation)));
        HelpText.DescribeTopic(command, "Studies", () => PaperStudies.All
            .Select(study => new HelpRow(study.Name, $"{study.Title} ({study.Source})"))
            .Append(new HelpRow(HistogramStudy.Name, "Intensities with and without colour distortion (Figure 6), no training")));
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = new StudyOptions
            {
                Quick = parsed.GetValue(quick),
                Seeds = Seeds(seeds, parsed),
                Only = Words(only, parsed),
                Preset = settings.PresetName(parsed) ?? "",
                File = settings.FromFile(parsed),
                Overrides = settings.FromCommandLine(parsed),
            };
            if (parsed.GetValue(name) is not { } chosen)
                throw new UsageException($"study needs NAME, one of {string.Join(", ", PaperStudies.Names)}");
            var study = chosen == HistogramStudy.Name ? null : PaperStudies.Find(chosen);
            if (study is not null && parsed.GetValue(list)) return List(session, study, options);
            var pictures = parsed.GetValue(data) ?? throw new UsageException("study needs DATA");
            var folder = destination.Text(parsed) ?? throw new UsageException("study needs --out DIR, the folder to write to");
            return study is null ? Histogram(session, pictures, folder, options) : Run(session, study, pictures, folder, options);
        });
        return command;
    }

    private static int Run(Session session, Study study, string data, string folder, StudyOptions options)
    {
        var result = session.IsLive
            ? LiveProgress.Run(session, $"{study.Title} on {data}",
                live => StudyRunner.Run(study, data, folder, options, live, new StageProgress.Words(live.Stage), session.Warn,
                    session.Cancellation))
            : StudyRunner.Run(study, data, folder, options, session.IsQuiet ? null : new LineProgress(session.Note),
                new StageProgress.Words(session.Note), session.Warn, session.Cancellation);
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

    private static string[] Words(ValueOption option, ParseResult parsed) =>
        option.Text(parsed)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static ulong[] Seeds(ValueOption option, ParseResult parsed)
    {
        if (option.Text(parsed) is null) return [1];
        return Array.ConvertAll(Words(option, parsed),
            word => ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
                ? seed
                : throw new UsageException(
                    $"{option.Name} must be whole numbers with commas between, not '{option.Text(parsed)}'"));
    }
}
