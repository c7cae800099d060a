using System.CommandLine;
using SimClr.Cli;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Help is shown without making what it does not need, and misses nothing for that.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData]
    [InlineData("-h")]
    [InlineData("--help", "-h")] // through the parser
    public async Task The_overview_is_the_same_whoever_shows_it(params string[] args) =>
        Assert.Equal(await CliProcess.Run("--help"), await CliProcess.Run(args));

    [Fact]
    public void A_named_command_is_complete_and_the_others_stand_beside_it()
    {
        foreach (var expected in CommandLine.Build().Subcommands)
        {
            var root = CommandLine.Parse([expected.Name]).RootCommandResult.Command;
            Assert.Equal(CommandLine.Build().Subcommands.Select(Shown), root.Subcommands.Select(Shown));
            var named = root.Subcommands.Single(command => command.Name == expected.Name);
            Assert.Equal(Everything(expected), Everything(named));
            Assert.NotEmpty(Everything(named));
            Assert.All(root.Subcommands.Where(command => command != named), command => Assert.Empty(Everything(command)));
        }
    }

    private static string Shown(Command command) => $"{command.Name}: {command.Description}";

    private static List<string> Everything(Command command) =>
    [
        .. command.Arguments.Select(argument => argument.Name),
        .. command.Options.Select(option => option.Name),
        .. command.Subcommands.SelectMany(Everything),
    ];
}
