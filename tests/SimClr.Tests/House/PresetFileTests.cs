using System.Text.RegularExpressions;
using SimClr.Cli;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>The file of a preset opens with what to expect of it, and with command, time and accuracy.</summary>
public sealed partial class PresetFileTests
{
    public static TheoryData<string> Names() => [.. Preset.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_preset_states_its_command_its_time_and_its_accuracy(string name)
    {
        var folder = Path.Combine(RealData.RepositoryRoot, "src", "SimClr", "Settings", "Presets");
        string[] opening = [.. File.ReadLines(Path.Combine(folder, $"{name}.json")).TakeWhile(line => line.StartsWith("//"))];
        var facts = Fact().Matches(string.Join('\n', opening)).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        Assert.Equal(["Command", "Time", "Accuracy"], facts.Keys);

        Assert.StartsWith("simclr pretrain ", facts["Command"]);
        Assert.Contains($"--preset {name} ", facts["Command"]);
        Assert.Null(UsageError.Find(CommandLine.Parse(facts["Command"].Split(' ')[1..])));
        Assert.DoesNotContain("Command", Preset.Load(name).Expectation);
    }

    [GeneratedRegex(@"^// (\w+): +(.+)$", RegexOptions.Multiline)]
    private static partial Regex Fact();
}
