using System.Text.RegularExpressions;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>
/// Every C# block of README and docs is a region of <c>samples/Snippets</c>, named by page and number, and thus compiled. What a
/// page shows and what is compiled are the same, line by line; a page shows the usings that its code needs.
/// </summary>
public sealed partial class SnippetTests
{
    private static readonly string Root = RealData.RepositoryRoot;

    private static readonly Dictionary<string, (string[] Usings, string[] Lines)> Regions = Read();

    public static TheoryData<string> Pages() => [.. Blocks().Select(block => block.Page).Distinct()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Code_in_the_documentation_is_compiled(string page)
    {
        var usings = new SortedSet<string>(StringComparer.Ordinal);
        string[] compiled = [];
        foreach (var (_, number, lines) in Blocks().Where(block => block.Page == page))
        {
            var name = $"{page} {number}";
            Assert.True(Regions.TryGetValue(name, out var region), $"samples/Snippets has no region '{name}'.");
            var code = lines.Where(line => !UsingDirective().IsMatch(line)).SkipWhile(string.IsNullOrEmpty).ToArray();
            for (var i = 0; i < Math.Max(code.Length, region.Lines.Length); i++)
                Assert.True(code.ElementAtOrDefault(i) == region.Lines.ElementAtOrDefault(i),
                    $"Line {i + 1} of '{name}' is '{code.ElementAtOrDefault(i)}' on the page and "
                    + $"'{region.Lines.ElementAtOrDefault(i)}' in samples/Snippets.");
            usings.UnionWith(lines.Where(line => UsingDirective().IsMatch(line)));
            compiled = region.Usings;
        }
        Assert.True(usings.SetEquals(compiled),
            $"{page} shows '{string.Join(' ', usings)}', and its file in samples/Snippets needs '{string.Join(' ', compiled)}'.");
    }

    [Fact]
    public void Every_compiled_snippet_is_in_the_documentation()
    {
        Assert.NotEmpty(Regions);
        Assert.Equal(Regions.Keys.Order(), Blocks().Select(block => $"{block.Page} {block.Number}").Order());
    }

    /// <summary>The blocks of all pages, numbered from 1 on each.</summary>
    private static IEnumerable<(string Page, int Number, string[] Lines)> Blocks() =>
        from path in Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md"))
        from block in CSharpBlock().Matches(File.ReadAllText(path)).Select((match, i) => (match.Groups[1].Value, Number: i + 1))
        select (Path.GetRelativePath(Root, path).Replace('\\', '/'), block.Number, block.Value.TrimEnd('\n').Split('\n'));

    /// <summary>The regions by name, without the indentation of the class around them, and the usings of their file.</summary>
    private static Dictionary<string, (string[] Usings, string[] Lines)> Read()
    {
        var regions = new Dictionary<string, (string[], string[])>();
        foreach (var path in Directory.GetFiles(Path.Combine(Root, "samples", "Snippets"), "*.cs"))
        {
            var text = File.ReadAllText(path);
            string[] usings = [.. text.Split('\n').Where(line => UsingDirective().IsMatch(line))];
            foreach (var match in Region().Matches(text).Cast<Match>())
            {
                var indent = match.Groups[1].Length;
                var lines = match.Groups[3].Value.TrimEnd('\n').Split('\n')
                    .Select(line => line.Length == 0 ? line : line[indent..]);
                regions.Add(match.Groups[2].Value, (usings, [.. lines]));
            }
        }
        return regions;
    }

    [GeneratedRegex(@"^```(?:csharp|cs|c#)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"^( *)#region ([^\n]+)\n(.*?)^ *#endregion$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex UsingDirective();
}
