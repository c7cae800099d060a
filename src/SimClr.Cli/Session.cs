using Microsoft.Extensions.Logging;
using SimClr.Cli.Display;
using Spectre.Console;

namespace SimClr.Cli;

/// <summary>
/// Where a command's words go: results to stdout, everything else to stderr. With <c>--json</c> stdout carries one JSON object
/// and nothing else, whoever writes to the console.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly TextWriter _output = Console.Out;
    private readonly StopSignals _signals = new();

    public Session(SessionOptions options)
    {
        (IsJson, IsQuiet) = (options.Json, options.Quiet);
        if (IsJson) Console.SetOut(Console.Error);
        Notes = Screen(Console.Error, Console.IsErrorRedirected);
        Logger = new ConsoleLogger(Note);
        Results = IsJson ? Notes : Screen(_output, Console.IsOutputRedirected);
    }

    public bool IsJson { get; }

    public bool IsQuiet { get; }

    /// <summary>Whether a person watches stderr on a terminal.</summary>
    public bool IsLive => !IsQuiet && !Console.IsErrorRedirected;

    /// <summary>Progress and remarks, on stderr.</summary>
    public IAnsiConsole Notes { get; }

    /// <summary>Takes what the library logs; it becomes lines on stderr.</summary>
    public ILogger Logger { get; }

    /// <summary>Results for people.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>Cancelled when the user wants to stop.</summary>
    public CancellationToken Cancellation => _signals.Token;

    /// <summary>The result for programs; written only with <c>--json</c>.</summary>
    public void WriteJson(string json)
    {
        if (!IsJson) return;
        _output.WriteLine(json);
        _output.Flush();
    }

    /// <summary>A line of progress.</summary>
    public void Note(string line)
    {
        if (!IsQuiet) Notes.WriteLine(line);
    }

    /// <summary>A line about images that a command could not read and did without; nothing where there are none.</summary>
    public void NoteUnreadable(int images)
    {
        if (images > 0) Note($"{Numbers.Count(images)} images cannot be read and were left out.");
    }

    public void Dispose()
    {
        if (IsJson) Console.SetOut(_output);
        _signals.Dispose();
    }

    private static IAnsiConsole Screen(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        console.Pipeline.Attach(new PlainSegments());
        if (redirected) console.Profile.Width = 200; // output for programs is not folded
        return console;
    }
}
