using Microsoft.Extensions.Logging;
using SimClr.Cli.Display;

namespace SimClr.Tests.Cli;

public sealed partial class ConsoleLoggerTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Advice_names_options_and_the_names_of_images_stay_as_they_are()
    {
        var logger = new ConsoleLogger(_lines.Add);
        Advise(logger, "Try a lower LearningRate than 3.");
        Refuse(logger, "images/My Head.jpg", "Temperature is no image");
        Assert.Equal(["Try a lower --learning-rate than 3.", "images/My Head.jpg: Temperature is no image"], _lines);
    }

    [Fact]
    public void Messages_from_information_upwards_are_lines_without_prefix_and_lesser_ones_are_not_shown()
    {
        var logger = new ConsoleLogger(_lines.Add);
        foreach (var level in Enum.GetValues<LogLevel>())
        {
            var words = level.ToString();
            Say(logger, level, words);
        }
        Assert.Equal(["Information", "Warning", "Error", "Critical"], _lines);
    }

    [LoggerMessage(LogLevel.Warning, "{Advice}")]
    private static partial void Advise(ILogger logger, string advice);

    [LoggerMessage(LogLevel.Warning, "{Image}: {Reason}")]
    private static partial void Refuse(ILogger logger, string image, string reason);

    [LoggerMessage(Message = "{Words}")]
    private static partial void Say(ILogger logger, LogLevel level, string words);
}
