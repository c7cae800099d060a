using System.Reflection;
using System.Text.RegularExpressions;
using SimClr.AspNetCore;
using SimClr.Cli;
using SimClr.Extensions;
using SimClr.Postgres;
using SimClr.Pretrained;
using SimClr.Reporting;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>Commands in README and docs are ones that the program understands, and names of the library exist.</summary>
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

    [Fact]
    public void A_name_of_the_library_in_the_documentation_exists()
    {
        Assembly[] assemblies =
        [
            typeof(SimClrException).Assembly, typeof(RunReport).Assembly, typeof(Study).Assembly, typeof(SearchServer).Assembly,
            typeof(PostgresImageIndex).Assembly, typeof(ImageEmbeddingGenerator).Assembly, typeof(CommandLine).Assembly,
            typeof(PretrainedEncoders).Assembly,
        ];
        Type[] types = [.. assemblies.SelectMany(assembly => assembly.GetExportedTypes())];
        string[] known =
        [
            .. assemblies.Select(assembly => assembly.GetName().Name!), .. types.Select(type => type.Namespace!),
            .. types.Select(type => type.FullName!),
            .. types.SelectMany(t => t.GetMembers().Select(m => $"{t.FullName}.{m.Name}")),
        ];
        var names = known.ToHashSet();
        var docs = Directory.GetFiles(Path.Combine(RealData.RepositoryRoot, "docs"), "*.md");
        foreach (var path in docs.Append(Path.Combine(RealData.RepositoryRoot, "README.md")))
            foreach (var match in NameInText().Matches(File.ReadAllText(path)).Cast<Match>())
                Assert.True(names.Contains(match.Groups[1].Value), $"{Path.GetFileName(path)}: {match.Value} is not there.");
    }

    // A namespace, an assembly, a type or a member at the beginning of inline code.
    [GeneratedRegex(@"`(SimClr(?:\.\w+)*)")]
    private static partial Regex NameInText();

    // Lines of code blocks: they begin with the command.
    [GeneratedRegex(@"^\s*(?:\./)?simclr ([^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex CommandLineInText();
}
