using System.CommandLine;
using System.Text.RegularExpressions;
using SimClr.Cli;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Cli;

/// <summary>Options of commands fill records of the library: names, defaults and values come from the record.</summary>
public sealed partial class OptionSetTests
{
    [Fact]
    public void Names_and_defaults_are_those_of_the_record_or_of_the_row()
    {
        var (command, _) = Embedding();
        Assert.Equal(["--limit 512", "--size 64", "--batch-size 7", "--device any"],
            command.Options.Cast<IShownOption>().Select(option => $"{option.Name} {option.Shown}"));
    }

    [Fact]
    public void What_is_given_changes_its_property_alone_however_deep_it_lies()
    {
        var (command, set) = Embedding();
        Assert.Equal(Defaults, set.Read(command.Parse("")));
        var parsed = command.Parse("--batch-size 9 --limit 3");
        Assert.Equal(Defaults with { Limit = 3, Embedder = Defaults.Embedder with { BatchSize = 9 } }, set.Read(parsed));
        Assert.Equal(["--limit", "--batch-size"], set.Given(parsed));
    }

    [Fact]
    public void An_option_that_is_not_taken_is_not_there()
    {
        var command = new RootCommand();
        var set = new OptionSet<Sizes>(command, new()) { Takes = option => option.Heading == "B" }
            .Under("A").Add(o => o.Width, (o, v) => o with { Width = v }, "X", "a")
            .Under("B").AddFlag("--small", o => o with { Width = 1 }, "b");
        Assert.DoesNotContain(command.Options, option => option.Name == "--width");
        Assert.Equal(new Sizes { Width = 1 }, set.Read(command.Parse("--small")));
    }

    [Theory]
    [InlineData("--width 1,5", "--width must be a number, not '1,5'")]
    [InlineData("--width Infinity", "--width must be a number, not 'Infinity'")]
    [InlineData("--many 99999999999", "--many must be a whole number, not '99999999999'")]
    [InlineData("--seeds 1,-2", "--seeds must be whole numbers with commas between, not '1,-2'")]
    [InlineData("--hidden yes", "--hidden must be true or false, not 'yes'")]
    [InlineData("--top 0", "--top must be a whole number, at least 1, not '0'")]
    [InlineData("--top x", "--top must be a whole number, at least 1, not 'x'")]
    public void A_wrong_value_is_named_before_the_command_runs(string line, string message) =>
        Assert.Equal(message, UsageError.Find(Measures().Command.Parse(line)));

    [Fact]
    public void A_value_is_read_as_its_type_is_written()
    {
        var (command, set) = Measures();
        var read = set.Read(command.Parse("--width 1.5e-3 --many -4 --seeds 3,18446744073709551615 --hidden true"));
        Assert.Equal((1.5e-3, -4, true), (read.Width, read.Many, read.Hidden));
        Assert.Equal([3, ulong.MaxValue], read.Seeds);
        Assert.Null(set.Read(command.Parse("")).Many);
    }

    // A row that took one property and put another would show a wrong default and lose a value.
    [Fact]
    public void Every_row_puts_back_the_property_that_it_takes()
    {
        var folder = Path.Combine(RealData.RepositoryRoot, "src", "SimClr.Cli");
        var rows = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => RowOfSet().Matches(File.ReadAllText(path))).ToList();
        Assert.True(rows.Count > 100, $"{rows.Count} rows");
        Assert.All(rows, row =>
        {
            var (taken, put) = (row.Groups["taken"].Value, row.Groups["put"].Value);
            var (outer, inner) = taken.Split('.') is [var single] ? (single, "") : (taken.Split('.')[0], taken.Split('.')[1]);
            Assert.Equal(inner == "" ? $"{outer} = v" : $"{outer} = o.{outer} with {{ {inner} = v }}", put);
        });
    }

    private static readonly EmbedSpeedOptions Defaults =
        new() { Run = "r", Data = "d", Embedder = new() { ImageSize = 64, BatchSize = 7 } };

    private static (Command Command, OptionSet<EmbedSpeedOptions> Set) Embedding()
    {
        var command = new Command("embed");
        return (command, new OptionSet<EmbedSpeedOptions>(command, Defaults)
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "limit")
            .Add(o => o.Embedder.ImageSize, (o, v) => o with { Embedder = o.Embedder with { ImageSize = v } }, "PX", "size",
                "--size")
            .Add(o => o.Embedder.BatchSize, (o, v) => o with { Embedder = o.Embedder with { BatchSize = v } }, "N", "batch")
            .Add(o => o.Embedder.Device, (o, v) => o with { Embedder = o.Embedder with { Device = v } }, "NAME", "device",
                shown: "any"));
    }

    private static (Command Command, OptionSet<Sizes> Set) Measures()
    {
        var command = new Command("sizes");
        command.Options.Add(new ValueOption<int>("--top", "N", "top", 10, ValueReader.AtLeast(1)));
        return (command, new OptionSet<Sizes>(command, new())
            .Add(o => o.Width, (o, v) => o with { Width = v }, "X", "width")
            .Add(o => o.Many, (o, v) => o with { Many = v }, "N", "many")
            .Add(o => o.Seeds, (o, v) => o with { Seeds = v }, "N,N", "seeds")
            .AddSwitch(o => o.Hidden, (o, v) => o with { Hidden = v }, "hidden"));
    }

    [GeneratedRegex(@"\.Add(?:Switch)?\(o => o\.(?<taken>[\w.]+), \(o, v\) => o with \{ (?<put>.+?) \}, *[\r\n""]")]
    private static partial Regex RowOfSet();

    private sealed record Sizes
    {
        public double Width { get; init; } = 2;

        public int? Many { get; init; }

        public IReadOnlyList<ulong> Seeds { get; init; } = [];

        public bool Hidden { get; init; }
    }
}
