using System.Text.RegularExpressions;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>What docs/reliability.md promises is tested: each line names its test, and the test is there.</summary>
public sealed partial class ReliabilityDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RealData.RepositoryRoot, "docs", "reliability.md"));

    public static TheoryData<string> Faults =>
        [.. Document.Split('\n').SkipWhile(line => !line.StartsWith("| fault", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith("| ", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_names_tests_that_exist(string line)
    {
        var cells = line.Trim().Trim('|').Split('|');
        Assert.Equal(5, cells.Length);
        var named = TestName().Matches(cells[^1]);
        Assert.NotEmpty(named);
        foreach (var name in named.Cast<Match>())
            Assert.True(Exists(name.Groups[1].Value, name.Groups[2].Value), $"There is no test {name.Value}.");
    }

    [Fact]
    public void The_table_is_there() => Assert.True(Faults.Count > 15);

    [Fact]
    public void The_library_never_asks_for_the_time_of_day()
    {
        var library = Path.Combine(RealData.RepositoryRoot, "src", "SimClr");
        var files = Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories);
        Assert.All(files.Where(path => !path.Contains("/obj/", StringComparison.Ordinal)),
            path => Assert.DoesNotMatch(@"\b(DateTime|DateTimeOffset|TimeProvider|TickCount)\b", File.ReadAllText(path)));
    }

    private static bool Exists(string type, string method) =>
        Directory.EnumerateFiles(Path.Combine(RealData.RepositoryRoot, "tests"), $"{type}.cs", SearchOption.AllDirectories)
            .Any(path => Regex.IsMatch(File.ReadAllText(path), $@"\[(Fact|Theory)[^\0]*?\bpublic (async Task|void) {method}\("));

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex TestName();
}
