using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SimClr.Cli;

/// <summary>Help pages: usage, options under headings with their defaults, and examples to copy.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Width = 110;

    private static readonly Dictionary<Command, Page> Pages = [];

    private sealed record Page(string[] Usage, string[] Examples, string[] Notes)
    {
        public Func<IEnumerable<(string Left, string Right)>> Presets { get; init; } = () => [];
    }

    /// <summary>Says what a command's page shows beside its options.</summary>
    public static void Describe(Command command, string[] usage, string[] examples, params string[] notes) =>
        Pages[command] = new Page(usage, examples, notes);

    /// <summary>Adds a list of presets, read only when the page is shown.</summary>
    public static void DescribePresets(Command command, Func<IEnumerable<(string Left, string Right)>> presets) =>
        Pages[command] = Pages[command] with { Presets = presets };

    /// <summary>Gives every command its page.</summary>
    public static void Attach(RootCommand root)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption help) (help.Action, help.Description) = (new HelpText(), "show this page");
            if (option is VersionOption version) version.Description = "show the version";
        }
        Describe(root, ["COMMAND ..."],
        [
            "demo                                            # the whole story in minutes, without any data",
            "pretrain ~/pictures --out runs/mine --preset folder",
            "evaluate linear runs/mine ~/pictures",
        ]);
    }

    public override int Invoke(ParseResult parseResult)
    {
        Write(Console.Out, parseResult.CommandResult.Command);
        return ExitCode.Done;
    }

    private static void Write(TextWriter to, Command command)
    {
        var name = CommandName.Of(command);
        var page = Pages.GetValueOrDefault(command) ?? new Page(["COMMAND ..."], [], []);
        to.WriteLine(command.Description);
        to.WriteLine();
        to.WriteLine("Usage:");
        foreach (var line in page.Usage) to.WriteLine($"  {name} {line}");
        foreach (var (heading, rows, indent) in Sections(command, page)) Rows(to, heading, rows, indent);
        foreach (var note in page.Notes)
        {
            to.WriteLine();
            Wrap(to, note, 0);
        }
        if (page.Examples.Length == 0) return;
        to.WriteLine();
        to.WriteLine("Examples:");
        foreach (var example in page.Examples) to.WriteLine($"  {name} {example}".TrimEnd());
    }

    /// <summary>Headings with their rows; the texts of a page start in one column.</summary>
    private static IEnumerable<(string Heading, List<(string Left, string Right)> Rows, int Indent)> Sections(
        Command command, Page page)
    {
        List<(string Heading, List<(string Left, string Right)> Rows)> sections =
        [
            ("Commands", [.. command.Subcommands.Select(c => (c.Name, c.Description ?? ""))]),
            ("Arguments", [.. command.Arguments.Select(a => (a.Name, a.Description ?? ""))]),
            .. command.Options.Where(o => !o.Hidden).Append(HelpOf(command)).OfType<Option>().Distinct()
                .GroupBy(o => (o as IShownOption)?.Group ?? "Options").OrderBy(g => g.Key == "Options")
                .Select(g => (g.Key, g.Select(o => (Left(o), Right(o))).ToList())),
            ("Presets", [.. page.Presets()]),
        ];
        var indent = sections.SelectMany(section => section.Rows).Max(row => row.Left.Length) + 4;
        return sections.Where(section => section.Rows.Count > 0).Select(section => (section.Heading, section.Rows, indent));
    }

    private static HelpOption? HelpOf(Command command)
    {
        var here = command;
        while (here.Parents.OfType<Command>().FirstOrDefault() is { } parent) here = parent;
        return here.Options.OfType<HelpOption>().FirstOrDefault();
    }

    private static string Left(Option option) =>
        option is IShownOption and Option<string?> ? $"{option.Name} {option.HelpName}" : option.Name;

    private static string Right(Option option)
    {
        var shown = (option as IShownOption)?.Default;
        return shown is null ? option.Description ?? "" : $"{option.Description} [{shown}]";
    }

    private static void Rows(TextWriter to, string heading, List<(string Left, string Right)> rows, int indent)
    {
        to.WriteLine();
        to.WriteLine($"{heading}:");
        foreach (var (left, right) in rows)
        {
            to.Write($"  {left}".PadRight(indent));
            Wrap(to, right, indent);
        }
    }

    /// <summary>Writes words from column <paramref name="indent"/> on, in lines of at most <see cref="Width"/>.</summary>
    private static void Wrap(TextWriter to, string text, int indent)
    {
        var column = indent;
        foreach (var word in text.Split(' '))
        {
            if (column > indent && column + 1 + word.Length > Width)
            {
                to.WriteLine();
                to.Write(new string(' ', indent));
                column = indent;
            }
            if (column > indent)
            {
                to.Write(' ');
                column++;
            }
            to.Write(word);
            column += word.Length;
        }
        to.WriteLine();
    }
}
