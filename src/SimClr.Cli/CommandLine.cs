using System.CommandLine;
using System.CommandLine.Invocation;
using SimClr.Cli.Commands;
using SimClr.Runs;

namespace SimClr.Cli;

/// <summary>
/// The command <c>simclr</c>: parses, hands over to a command, and turns every way to fail into one line and an exit code.
/// </summary>
internal static class CommandLine
{
    private const string Description = "Learn image representations without labels (SimCLR), measure them and use them.";

    private sealed record Entry(string Name, string Description, Func<string, string, Command> Build);

    private static readonly Entry[] Commands =
    [
        new("demo", "The whole story on built-in images: look, pretrain, evaluate, report.", DemoCommand.Build),
        new("preview", "Draw images beside their augmented views.", PreviewCommand.Build),
        new("pretrain", "Learn a representation from images, without labels.", PretrainCommand.Build),
        new("evaluate", "Measure what a representation is worth, beside raw pixels and a random encoder.", EvaluateCommand.Build),
        new("study", "Repeat one of the paper's experiments: a grid of runs, and its plot.", StudyCommand.Build),
        new("info", "Show what a run is and how it went.", InfoCommand.Build),
        new("import", "Make a run folder of an encoder that was trained elsewhere, in Python for example.", ImportCommand.Build),
        new("export", "Write a run's encoder for Python, or as ONNX for applications.", ExportCommand.Build),
        new("embed", "Write the vectors of images to a file.", EmbedCommand.Build),
        new("index", "Make images searchable, or bring an index up to date.", IndexCommand.Build),
        new("search", "Find the images of an index that are most like another.", SearchCommand.Build),
        new("serve", "Search images in a browser, or through a REST interface.", ServeCommand.Build),
        new("train-classifier", "Make a classifier of a run's encoder and few labeled images.", TrainClassifierCommand.Build),
        new("classify", "Say what images show, with probabilities.", ClassifyCommand.Build),
        new("duplicates", "Group near-identical images.", DuplicatesCommand.Build),
        new("outliers", "List the images that resemble no others.", OutliersCommand.Build),
        new("bench", "Measure what this machine does, beside the plain way and the estimated limit.", BenchCommand.Build),
    ];

    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        if (args is [] or ["--help" or "-h" or "-?"])
        {
            Overview().Write(Console.Out); // at once: no parser, no options
            return ExitCode.Done;
        }
        var parsed = Parse(args);
        if (MisplacedConnection.Find(parsed) is { } secret) return Failure.Usage(secret, parsed.CommandResult.Command);
        if (UsageError.Find(parsed) is { } wrong) return Failure.Usage(wrong, parsed.CommandResult.Command);
        try
        {
            return Invoke(parsed);
        }
        catch (Exception e)
        {
            return Failure.Report(e, parsed.CommandResult.Command);
        }
    }

    /// <summary>Parses without running. Only the commands that are named get their options: all of them take a while.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args) =>
        Build(name => args.Any(arg => arg.Contains(name, StringComparison.Ordinal)))
            .Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });

    /// <summary>All commands and their options.</summary>
    public static RootCommand Build() => Build(_ => true);

    /// <summary>The help page of the whole program.</summary>
    public static HelpPage Overview() => new(CommandName.Text, Description)
    {
        Usage = ["COMMAND ..."],
        Sections =
        [
            new("Commands", [.. Commands.Select(command => new HelpRow(command.Name, command.Description))]),
            new("Options", [HelpRow.OfHelp, new("--version", "show the version")]),
        ],
        Examples =
        [
            "demo                                            # the whole story in minutes, without any data",
            "pretrain ~/pictures --out runs/mine --preset folder",
            "evaluate linear runs/mine ~/pictures",
        ],
    };

    private static RootCommand Build(Func<string, bool> isNamed)
    {
        var root = new RootCommand(Description);
        foreach (var (name, description, build) in Commands)
            root.Subcommands.Add(isNamed(name) ? build(name, description) : new Command(name, description));
        HelpText.Attach(root);
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersion();
        return root;
    }

    // Signals are handled by StopSignals, failures by Failure.
    private static int Invoke(ParseResult parsed) => parsed.Invoke(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    });

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine($"simclr {RunConfig.CurrentVersion}");
            return ExitCode.Done;
        }
    }
}
