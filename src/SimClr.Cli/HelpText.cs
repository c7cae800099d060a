using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SimClr.Cli;

/// <summary>The help pages of commands: options under headings with their defaults, and what a command says beside.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const string Ungrouped = "Options";

    private static readonly Dictionary<Command, Words> Described = [];

    private sealed record Words(string[] Usage, string[] Examples, string[] Notes)
    {
        public string Topic { get; init; } = "Presets";

        public Func<IEnumerable<HelpRow>> Topics { get; init; } = () => [];
    }

    /// <summary>Says what a command's page shows beside its options.</summary>
    public static void Describe(Command command, string[] usage, string[] examples, params string[] notes) =>
        Described[command] = new Words(usage, examples, notes);

    /// <summary>Adds a list of presets, read only when the page is shown.</summary>
    public static void DescribePresets(Command command, Func<IEnumerable<HelpRow>> presets) =>
        DescribeTopics(command, "Presets", presets);

    /// <summary>Adds a list of something else under a heading, read only when the page is shown.</summary>
    public static void DescribeTopics(Command command, string heading, Func<IEnumerable<HelpRow>> rows) =>
        Described[command] = Described[command] with { Topic = heading, Topics = rows };

    /// <summary>Gives every command its page.</summary>
    public static void Attach(RootCommand root) => root.Options.OfType<HelpOption>().Single().Action = new HelpText();

    public override int Invoke(ParseResult parseResult)
    {
        PageOf(parseResult.CommandResult.Command).Write(Console.Out);
        return ExitCode.Done;
    }

    private static HelpPage PageOf(Command command)
    {
        if (command is RootCommand) return CommandLine.Overview();
        var words = Described[command];
        var groups = command.Options.Where(o => !o.Hidden).ToLookup(o => (o as IShownOption)?.Group ?? Ungrouped);
        HelpSection[] sections =
        [
            new("Commands", [.. command.Subcommands.Select(c => new HelpRow(c.Name, c.Description ?? ""))]),
            new("Arguments", [.. command.Arguments.Select(a => new HelpRow(a.Name, a.Description ?? ""))]),
            .. groups.Where(group => group.Key != Ungrouped).Select(group => new HelpSection(group.Key, [.. group.Select(Row)])),
            new(Ungrouped, [.. groups[Ungrouped].Select(Row), HelpRow.OfHelp]),
            new(words.Topic, [.. words.Topics()]),
        ];
        return new HelpPage(CommandName.Of(command), command.Description ?? "")
        {
            Usage = words.Usage,
            Sections = [.. sections.Where(section => section.Rows.Count > 0)],
            Notes = words.Notes,
            Examples = words.Examples,
        };
    }

    private static HelpRow Row(Option option)
    {
        var name = option is IShownOption and Option<string?> ? $"{option.Name} {option.HelpName}" : option.Name;
        var shown = (option as IShownOption)?.Default;
        return new(name, shown is null ? option.Description ?? "" : $"{option.Description} [{shown}]");
    }
}
