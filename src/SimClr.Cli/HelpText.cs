using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SimClr.Cli;

/// <summary>Help pages: usage, options under headings with their defaults, and examples to copy.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Width = 110;

    private static readonly Dictionary<Command, (string[] Usage, string[] Notes, string[] Examples)> Pages = [];

    /// <summary>Says what a command's page shows beside its options.</summary>
    public static void Describe(Command command, string[] usage, string[] examples, params string[] notes) =>
        Pages[command] = (usage, notes, examples);

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
        var (usage, notes, examples) = Pages.GetValueOrDefault(command, (["COMMAND ..."], [], []));
        to.WriteLine(command.Description);
        to.WriteLine();
        to.WriteLine("Usage:");
        foreach (var line in usage) to.WriteLine($"  {name} {line}");
        Rows(to, "Commands", [.. command.Subcommands.Select(c => (c.Name, c.Description ?? ""))]);
        Rows(to, "Arguments", [.. command.Arguments.Select(a => (a.Name, a.Description ?? ""))]);
        foreach (var group in command.Options.Where(o => !o.Hidden).Append(HelpOf(command)).OfType<Option>().Distinct()
            .GroupBy(o => (o as IShownOption)?.Group ?? "Options").OrderBy(g => g.Key == "Options"))
            Rows(to, group.Key, [.. group.Select(o => (Left(o), Right(o)))]);
        foreach (var note in notes)
        {
            to.WriteLine();
            Wrap(to, note, 0);
        }
        if (examples.Length == 0) return;
        to.WriteLine();
        to.WriteLine("Examples:");
        foreach (var example in examples) to.WriteLine($"  {name} {example}");
    }

    private static HelpOption? HelpOf(Command command)
    {
        var here = command;
        while (here.Parents.OfType<Command>().FirstOrDefault() is { } parent) here = parent;
        return here.Options.OfType<HelpOption>().FirstOrDefault();
    }

    private static string Left(Option option) => option is IShownOption and Option<string?> ? $"{option.Name} {option.HelpName}" : option.Name;

    private static string Right(Option option)
    {
        var shown = (option as IShownOption)?.Default;
        return shown is null ? option.Description ?? "" : $"{option.Description} [{shown}]";
    }

    private static void Rows(TextWriter to, string heading, IReadOnlyList<(string Left, string Right)> rows)
    {
        if (rows.Count == 0) return;
        to.WriteLine();
        to.WriteLine($"{heading}:");
        var indent = rows.Max(r => r.Left.Length) + 4;
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
