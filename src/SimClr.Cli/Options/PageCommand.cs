using System.CommandLine;
using SimClr.Cli.Commands;

namespace SimClr.Cli;

/// <summary>A command, and the text of its help page besides its options.</summary>
internal sealed class PageCommand(string name, string description) : Command(name, description)
{
    /// <summary>The arguments of the command, one line for each way to use it.</summary>
    public required IReadOnlyList<string> Usage { get; init; }

    /// <summary>The arguments of each example.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Lists of something else, read only when the page is shown.</summary>
    public IReadOnlyList<HelpTopic> Topics { get; init; } = [];

    /// <summary>The argument or option that may be a connection string, or null.</summary>
    public Symbol? Connection { get; set; }

    /// <summary>The argument or option that may be a web address, or null.</summary>
    public Symbol? WebAddress { get; set; }

    /// <summary>Adds an option.</summary>
    public TOption Take<TOption>(TOption option) where TOption : Option
    {
        Options.Add(option);
        return option;
    }

    /// <summary>Adds an argument.</summary>
    public Argument<T> Take<T>(Argument<T> argument)
    {
        Arguments.Add(argument);
        return argument;
    }

    /// <summary>Adds the options that every command with a result has, and sets the command's work.</summary>
    public PageCommand Does(Func<Session, ParseResult, int> work)
    {
        var common = SessionOptions.AddTo(this);
        SetAction(parsed =>
        {
            using var session = new Session(common.Read(parsed));
            NamedEncoders.Fetch(session, parsed);
            return work(session, parsed);
        });
        return this;
    }
}
