using System.Diagnostics;
using System.Text.Json;
using SimClr.Cli;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary><c>simclr study</c> as a user meets it.</summary>
public sealed class StudyCommandTests
{
    private static readonly string[] Small =
    [
        "--preset", "shapes-quick", "--views", "2", "--image-size", "8", "--evaluation-image-size", "0", "--batch-size", "20",
        "--width", "0.25", "--warmup-epochs", "0", "--limit", "40",
    ];

    [Theory]
    [InlineData("study needs NAME, one of color", "study")]
    [InlineData("Unknown study 'lost'", "study", "lost")]
    [InlineData("study needs DATA", "study", "loss")]
    [InlineData("study needs --out", "study", "loss", "shapes:40")]
    [InlineData("no cell 'nt-xnt'", "study", "loss", "shapes:40", "--out", "nowhere", "--only", "nt-xnt")]
    [InlineData("temperature is what the study temperature varies", "study", "temperature", "shapes", "--out", "never-made",
        "--temperature", "1")]
    [InlineData("--seeds must be whole numbers", "study", "loss", "--list", "--seeds", "1,two")]
    public async Task A_mistake_is_told_in_one_line(string words, params string[] args) =>
        CliProcess.FailedInOneLine(await CliProcess.Run(args), ExitCode.WrongUsage, words);

    [Fact]
    public async Task Cells_are_listed_without_data()
    {
        var (code, output, _) = await CliProcess.Run("study", "loss", "--list", "--json", "--epochs", "3");
        Assert.Equal(0, code);
        var cells = JsonDocument.Parse(output).RootElement.GetProperty("cells").EnumerateArray().ToList();
        Assert.Equal(5, cells.Count);
        Assert.All(cells, cell => Assert.Equal(3, cell.GetProperty("settings").GetProperty("epochs").GetInt32()));
        Assert.Equal(0.639, cells[4].GetProperty("paper_top1").GetDouble());
    }

    [Fact]
    public async Task A_signal_stops_a_study_and_the_same_command_continues_it()
    {
        CliProcess.SkipWhereInterruptIsIgnored();
        using var folder = new TemporaryFolder();
        string[] args =
        [
            "study", "loss", "shapes:40", "--out", folder.At("study"), "--only", "nt-xent", "--epochs", "60", "--json", .. Small,
        ];
        using var process = CliProcess.Start(args);
        var output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        string? line;
        do line = await process.StandardError.ReadLineAsync(patience.Token);
        while (line is not null && !line.StartsWith("epoch", StringComparison.Ordinal));
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"])) await kill.WaitForExitAsync(patience.Token);
        var error = await process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == ExitCode.Interrupted, $"exit code {process.ExitCode}: {error}");
        Assert.Contains("same command continues", error);
        Assert.True(JsonDocument.Parse(await output).RootElement.GetProperty("interrupted").GetBoolean());

        var (code, result, _) = await CliProcess.Run(args);
        Assert.Equal(0, code);
        var study = JsonDocument.Parse(result).RootElement;
        Assert.Equal("loss", study.GetProperty("study").GetString());
        Assert.Equal(folder.At("study"), study.GetProperty("out").GetString());
        var cell = Assert.Single(study.GetProperty("cells").EnumerateArray());
        Assert.Equal(("nt-xent", 1), (cell.GetProperty("cell").GetString(), cell.GetProperty("n").GetInt32()));
        Assert.InRange(cell.GetProperty("linear_mean").GetDouble(), 0, 1);
        Assert.Equal(JsonValueKind.Null, cell.GetProperty("linear_std").ValueKind);
    }

    [Fact]
    public async Task The_histogram_study_needs_no_training()
    {
        using var folder = new TemporaryFolder();
        var (code, output, _) = await CliProcess.Run(
            "study", "histogram", "shapes:40", "--out", folder.At("study"), "--image-size", "16", "--json");
        Assert.Equal(0, code);
        Assert.Equal(40, JsonDocument.Parse(output).RootElement.GetProperty("pictures").GetInt32());
        Assert.True(File.Exists(folder.At("study/histogram.png")));
    }
}
