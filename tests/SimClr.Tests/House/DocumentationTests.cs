using System.Text.RegularExpressions;
using SimClr.Cli;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>Commands in README and docs are ones that the program understands.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string, string> Commands()
    {
        var data = new TheoryData<string, string>();
        var root = RealData.RepositoryRoot;
        var docs = Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md").Order();
        foreach (var path in docs.Prepend(Path.Combine(root, "README.md")))
            foreach (var match in CommandLineInText().Matches(File.ReadAllText(path)).Cast<Match>())
                data.Add(Path.GetFileName(path), match.Groups[1].Value.Trim());
        return data;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_in_the_documentation_is_understood(string file, string line)
    {
        var words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var parsed = CommandLine.Parse(words);
        Assert.True(UsageError.Find(parsed) is null, $"{file}: simclr {line}: {UsageError.Find(parsed)}");
    }

    [Fact]
    public void The_documentation_shows_every_command()
    {
        var shown = Commands().Select(row => row.Data.Item2.Split(' ')[0]).ToHashSet();
        Assert.Superset(CommandLine.Build().Subcommands.Select(c => c.Name).ToHashSet(), shown);
    }

    // Lines of code blocks: they begin with the command.
    [GeneratedRegex(@"^\s*(?:\./)?simclr ([^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex CommandLineInText();
}
