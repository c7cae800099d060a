using System.CommandLine;
using SimClr.Files;

namespace SimClr.Cli;

/// <summary>How the user starts the command, so that what we suggest can be copied and run.</summary>
internal static class CommandName
{
    /// <summary>The environment variable in which a wrapper says how it was called.</summary>
    public const string Variable = "SIMCLR_INVOKED_AS";

    /// <summary><c>simclr</c>, or what the wrapper was called as.</summary>
    public static string Text { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : "simclr";

    /// <summary>The words that lead to a command, for example <c>simclr evaluate linear</c>.</summary>
    public static string Of(Command command)
    {
        if (command is RootCommand) return Text;
        return command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Of(parent)} {command.Name}" : command.Name;
    }

    /// <summary>A path as a shell takes it.</summary>
    public static string Quote(string path) => ShellText.Quoted(path);
}
