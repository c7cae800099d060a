namespace SimClr.Cli;

/// <summary>A help page as it is shown: usage, rows under headings, notes, and examples to copy.</summary>
/// <remarks>Records rather than tuples: code for collections of value types is compiled at every start.</remarks>
internal sealed record HelpPage(string Command, string Description)
{
    private const int Width = 110;

    /// <summary>The arguments of the command, one line for each way to use it.</summary>
    public required IReadOnlyList<string> Usage { get; init; }

    public required IReadOnlyList<HelpSection> Sections { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The arguments of each example.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    public void Write(TextWriter to)
    {
        to.WriteLine(Description);
        to.WriteLine();
        to.WriteLine("Usage:");
        foreach (var line in Usage) to.WriteLine($"  {Command} {line}");
        var indent = Sections.Max(section => section.Rows.Max(row => row.Left.Length)) + 4; // one column for all sections
        foreach (var section in Sections) WriteSection(to, section, indent);
        foreach (var note in Notes)
        {
            to.WriteLine();
            Wrap(to, note, 0);
        }
        if (Examples.Count == 0) return;
        to.WriteLine();
        to.WriteLine("Examples:");
        foreach (var example in Examples) to.WriteLine($"  {Command} {example}".TrimEnd());
    }

    private static void WriteSection(TextWriter to, HelpSection section, int indent)
    {
        to.WriteLine();
        to.WriteLine($"{section.Heading}:");
        foreach (var row in section.Rows)
        {
            to.Write($"  {row.Left}".PadRight(indent));
            Wrap(to, row.Right, indent);
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

/// <summary>A heading and at least one row.</summary>
internal sealed record HelpSection(string Heading, IReadOnlyList<HelpRow> Rows);

/// <summary>A heading, and rows that are made when they are shown.</summary>
internal sealed record HelpTopic(string Heading, Func<IEnumerable<HelpRow>> Rows);

/// <summary>A name and its meaning.</summary>
internal sealed record HelpRow(string Left, string Right)
{
    /// <summary>The option that every page has.</summary>
    public static HelpRow OfHelp { get; } = new("--help", "show this page");
}
