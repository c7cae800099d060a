using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SimClr.Cli;

/// <summary>The help pages of commands: options under headings with their defaults, and further text of a command.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
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
        var page = (PageCommand)command;
        var groups = page.Options.Where(o => !o.Hidden).ToLookup(o => (o as IShownOption)?.Heading ?? IShownOption.Ungrouped);
        HelpSection[] sections =
        [
            new("Commands", [.. page.Subcommands.Select(c => new HelpRow(c.Name, c.Description ?? ""))]),
            new("Arguments", [.. page.Arguments.Select(a => new HelpRow(a.Name, a.Description ?? ""))]),
            .. groups.Where(group => group.Key != IShownOption.Ungrouped)
                .Select(group => new HelpSection(group.Key, [.. group.Select(Row)])),
            new(IShownOption.Ungrouped, [.. groups[IShownOption.Ungrouped].Select(Row), HelpRow.OfHelp]),
            .. page.Topics.Select(topic => new HelpSection(topic.Heading, [.. topic.Rows()])),
        ];
        return new HelpPage(CommandName.Of(page), page.Description ?? "")
        {
            Usage = page.Usage,
            Sections = [.. sections.Where(section => section.Rows.Count > 0)],
            Notes = page.Notes,
            Examples = page.Examples,
        };
    }

    private static HelpRow Row(Option option)
    {
        var name = option.HelpName is { } placeholder ? $"{option.Name} {placeholder}" : option.Name;
        var shown = (option as IShownOption)?.Shown;
        return new(name, shown is null ? option.Description ?? "" : $"{option.Description} [{shown}]");
    }
}
