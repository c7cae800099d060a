using System.Reflection;
using System.Text.RegularExpressions;
using SimClr.AspNetCore;
using SimClr.Cli;
using SimClr.Extensions;
using SimClr.Postgres;
using SimClr.Pretrained;
using SimClr.Runs;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.Tests.House;

/// <summary>The libraries speak of their own members, and all that goes wrong in them has one base.</summary>
public sealed partial class ExceptionTests
{
    private static readonly Assembly[] Libraries =
    [
        typeof(SimClrException).Assembly, typeof(SimClr.Reporting.RunReport).Assembly, typeof(SimClr.Studies.Study).Assembly,
        typeof(SearchServer).Assembly, typeof(PostgresImageIndex).Assembly,
        typeof(ImageEmbeddingGenerator).Assembly, typeof(PretrainedEncoders).Assembly,
    ];

    // Files whose strings may name options or commands, and why.
    private static readonly Dictionary<string, string> MayNameCommands = new()
    {
        ["ReportWords.cs"] = "The commands under 'Make it again' are the content of a report.",
        ["ReportStyle.cs"] = "Variables of CSS begin with two dashes.",
        ["TableGuard.cs"] = "'that simclr did not make' names the program and no command.",
    };

    [Fact]
    public void Every_exception_of_ours_derives_from_one_base()
    {
        Assembly[] all = [.. Libraries, typeof(SettingWords).Assembly];
        var types = all.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsSubclassOf(typeof(Exception))).ToList();
        Assert.InRange(types.Count, 14, 100);
        Assert.DoesNotContain(types, type => !typeof(SimClrException).IsAssignableFrom(type));
    }

    [Fact]
    public void No_string_of_a_library_names_an_option_or_a_command()
    {
        var wrong = from path in SourceFiles()
                    where !MayNameCommands.ContainsKey(Path.GetFileName(path))
                    from text in Strings(File.ReadAllText(path))
                    where OptionOrCommand().IsMatch(text)
                    select $"{Path.GetFileName(path)}: {text}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Files_that_may_name_commands_do()
    {
        foreach (var (name, reason) in MayNameCommands)
        {
            Assert.NotEmpty(reason);
            var path = Assert.Single(SourceFiles(), path => Path.GetFileName(path) == name);
            Assert.Contains(Strings(File.ReadAllText(path)), OptionOrCommand().IsMatch);
        }
    }

    [Fact]
    public void The_search_for_options_and_commands_sees_strings_and_no_comments()
    {
        const string code = """
            // "--epochs" is "simclr pretrain "
            throw new X($"--epochs {string.Join(", ", all)} is {n}", 'x', "a \" --seed"); /* "--limit" */
            var y = "simclr index RUN";
            """;
        Assert.Equal(["--epochs {string.Join(", "a \\\" --seed", "simclr index RUN"],
            Strings(code).Where(text => OptionOrCommand().IsMatch(text)));
    }

    [Fact]
    public void What_the_command_says_otherwise_is_a_member_of_a_library()
    {
        const BindingFlags every = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        var types = Libraries.SelectMany(assembly => assembly.GetTypes()).ToList();
        var properties = types.SelectMany(type => type.GetProperties()).Select(property => property.Name);
        var parameters = types.SelectMany(type => type.GetMethods(every)).SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.Name!);
        var members = types.SelectMany(type => type.GetMembers(every).Select(member => $"{type.Name}.{member.Name}"));
        var known = properties.Concat(parameters).Concat(members).Concat(types.Select(type => type.Name)).ToHashSet();
        Assert.DoesNotContain(SettingWords.Exceptional, name => !known.Contains(name));
        Assert.Contains("Pretrainer.Resume", known); // named where no file may import its room
        Assert.Equal($"{nameof(Pretrainer)}.{nameof(Pretrainer.Resume)}", RunFolder.Resuming);
        Assert.Equal($"{nameof(Pretrainer)}.{nameof(Pretrainer.Run)}", RunFolder.Running);
        Assert.Contains("acceptChanges", known);
    }

    private static IEnumerable<string> SourceFiles() =>
        from library in Libraries
        let folder = Path.Combine(RealData.RepositoryRoot, "src", library.GetName().Name!)
        from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        where !Generated().IsMatch(path)
        select path;

    private static IEnumerable<string> Strings(string code) =>
        from token in Token().Matches(code)
        where token.Groups["text"].Success
        select token.Groups["text"].Value;

    [GeneratedRegex(@"//[^\n]*|/\*[\s\S]*?\*/|'(?:[^'\\\n]|\\.)+'|""""""(?<text>[\s\S]*?)""""""|""(?<text>(?:[^""\\\n]|\\.)*)""")]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<![\w-])--[a-z]|\bsimclr [a-z]+ ")]
    private static partial Regex OptionOrCommand();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Generated();
}
