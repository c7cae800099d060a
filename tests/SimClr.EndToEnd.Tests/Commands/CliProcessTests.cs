using System.Text.Json;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>The contract of the command, seen from outside: exit codes, one line per failure, pure JSON.</summary>
public sealed class CliProcessTests
{
    [Fact]
    public async Task Help_goes_to_stdout_and_succeeds()
    {
        var (code, output, error) = await CliProcess.Run("pretrain", "--help");
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains("--batch-size N", output);
        Assert.Contains("[256]", output);
        Assert.Contains("cifar10-cpu", output);
        Assert.Contains("Examples:", output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public async Task Without_words_the_command_shows_what_it_can_do()
    {
        var (code, output, _) = await CliProcess.Run();
        Assert.Equal(0, code);
        string[] names = ["demo", "preview", "pretrain", "evaluate", "info", "import", "export"];
        Assert.All(names, name => Assert.Contains($"  {name} ", output));
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var (code, output, _) = await CliProcess.Run("--version");
        Assert.Equal(0, code);
        Assert.Matches(@"^simclr \d+\.\d+\.\d+\n$", output);
    }

    [Theory]
    [InlineData("unknown command 'pretrian'; did you mean pretrain?", "pretrian", "shapes")]
    [InlineData("unknown option --temprature; did you mean --temperature?", "pretrain", "shapes", "--temprature", "1")]
    [InlineData("--temperature must be above 0, not 0", "pretrain", "shapes", "--out", "x", "--temperature", "0")]
    [InlineData("--batch-size must be at least 2", "pretrain", "shapes", "--out", "x", "--batch-size", "1")]
    [InlineData("Unknown preset 'nope'", "pretrain", "shapes", "--out", "x", "--preset", "nope")]
    [InlineData("The settings file nowhere.json cannot be read", "pretrain", "shapes", "--out", "x", "--config", "nowhere.json")]
    public async Task Wrong_usage_is_code_2_and_one_line_that_names_the_help_page(string words, params string[] args)
    {
        var result = await CliProcess.Run(args);
        CliProcess.FailedInOneLine(result, 2, words);
        Assert.Contains("--help", result.Err);
    }

    [Theory]
    [InlineData("nowhere", "preview", "nowhere")]
    [InlineData("does not exist", "info", "nowhere")]
    [InlineData("does not exist", "pretrain", "--resume", "nowhere")]
    public async Task A_failure_is_code_1_and_one_line(string words, params string[] args) =>
        CliProcess.FailedInOneLine(await CliProcess.Run(args), 1, words);

    [Fact]
    public async Task A_stack_trace_appears_only_on_request()
    {
        using var process = CliProcess.Start(["info", "nowhere"], null, ("SIMCLR_DEBUG", "1"));
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains("   at SimClr.", error);
    }

    [Fact]
    public async Task Json_of_a_run_is_one_object_on_stdout()
    {
        using var run = new SampleRun();
        var (code, output, _) = await CliProcess.Run("info", run.Path, "--json");
        Assert.Equal(0, code);
        var info = JsonDocument.Parse(output).RootElement;
        Assert.True(info.GetProperty("finished").GetBoolean());
        Assert.Equal(10, info.GetProperty("epoch").GetInt32());
        Assert.Equal("0.25", info.GetProperty("changed").GetProperty("width").GetString());
        Assert.False(info.GetProperty("changed").TryGetProperty("batch_size", out _));
        Assert.Equal(0.713, info.GetProperty("evaluations")[0].GetProperty("top1").GetDouble());
        Assert.Contains(info.GetProperty("files").EnumerateArray(), f => f.GetProperty("path").GetString() == "config.json");
    }

    [Fact]
    public async Task Info_tells_people_how_a_run_went()
    {
        using var run = new SampleRun();
        var (code, output, error) = await CliProcess.Run("info", run.Path);
        Assert.Equal(0, code);
        Assert.Empty(error);
        string[] all = ["finished, 10 epochs", "width=0.25", "71.3 %", "chance 6.236", "random encoder"];
        Assert.All(all, words => Assert.Contains(words, output));
        Assert.DoesNotContain("batch_size=", output);
    }

    [Fact]
    public async Task A_preview_is_an_image_of_the_size_that_the_json_says()
    {
        using var folder = new SampleFolder();
        var file = Path.Combine(folder.Path, "views.png");
        string[] args = ["preview", "shapes:100", "--count", "2", "--views", "3", "--out", file, "--json"];
        var (code, output, _) = await CliProcess.Run(args);
        Assert.Equal(0, code);
        var json = JsonDocument.Parse(output).RootElement;
        var image = ImageCodec.Decode(File.ReadAllBytes(file));
        Assert.Equal(json.GetProperty("width").GetInt32(), image.Width);
        Assert.Equal(json.GetProperty("height").GetInt32(), image.Height);
    }
}
