using System.CommandLine;
using System.CommandLine.Invocation;
using SimClr.Cli.Commands;
using SimClr.Pretraining;

namespace SimClr.Cli;

/// <summary>
/// The command <c>simclr</c>: parses, hands over to a command, and turns every way to fail into one line and an exit code.
/// </summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    // Signals are handled by StopSignals, failures by Failure.
    private static readonly InvocationConfiguration Invocation = new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        var parsed = Parse(args.Length == 0 ? ["--help"] : args);
        if (UsageError.Find(parsed) is { } wrong) return Failure.Usage(wrong, parsed.CommandResult.Command);
        try
        {
            return parsed.Invoke(Invocation);
        }
        catch (Exception e)
        {
            return Failure.Report(e, parsed.CommandResult.Command);
        }
    }

    /// <summary>Parses without running.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args) => Build().Parse(args, Parsing);

    /// <summary>The commands and their options.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("Learn image representations without labels (SimCLR), measure them and use them.")
        {
            DemoCommand.Build(),
            PreviewCommand.Build(),
            PretrainCommand.Build(),
            EvaluateCommand.Build(),
            StudyCommand.Build(),
            InfoCommand.Build(),
            ImportCommand.Build(),
            ExportCommand.Build(),
            BenchCommand.Build(),
        };
        HelpText.Attach(root);
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersion();
        return root;
    }

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine($"simclr {RunConfig.CurrentVersion}");
            return ExitCode.Done;
        }
    }
}
