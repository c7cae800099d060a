using System.CommandLine;
using SimClr.Files;
using SimClr.Settings;

namespace SimClr.Cli;

/// <summary>One line on stderr and an exit code for everything that can go wrong.</summary>
internal static class Failure
{
    /// <summary>The environment variable that asks for stack traces.</summary>
    public const string DebugVariable = "SIMCLR_DEBUG";

    /// <summary>Reports an exception.</summary>
    public static int Report(Exception e, Command command)
    {
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1") Console.Error.WriteLine(e);
        switch (e)
        {
            case UsageException or SettingsException:
                return Usage(OneLine(SettingWords.Of(e, command)), command);
            case OperationCanceledException:
                Write("interrupted");
                return ExitCode.Interrupted;
            default:
                Write(IsForPeople(e) ? OneLine(SettingWords.Of(e, command)) : Unexpected(e));
                return ExitCode.Failed;
        }
    }

    /// <summary>Reports wrong usage.</summary>
    public static int Usage(string message, Command command)
    {
        Write($"{message.TrimEnd('.')}; see {CommandName.Of(command)} --help");
        return ExitCode.WrongUsage;
    }

    private static void Write(string line) => Console.Error.WriteLine($"simclr: {PlainText.Of(line)}");

    // Our exceptions and the system's about files say in one line what happened; others were not foreseen.
    private static bool IsForPeople(Exception e) =>
        e is SimClrException or IOException or UnauthorizedAccessException or NotSupportedException;

    private static string Unexpected(Exception e)
    {
        while (e is TypeInitializationException or AggregateException && e.InnerException is { } inner) e = inner;
        return $"unexpected {e.GetType().Name}: {OneLine(e.Message)} (set {DebugVariable}=1 to see where)";
    }

    private static string OneLine(string message) => message.Split('\n', 2)[0].Trim();
}
