using System.Diagnostics;
using System.Text.Json;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>A signal stops a run so that it can go on.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")] // the terminal was closed
    public async Task A_signal_saves_the_state_and_ends_with_code_130(string signal)
    {
        if (signal == "INT") CliProcess.SkipWhereInterruptIsIgnored();
        using var folder = new SampleFolder();
        var run = folder.File("run");
        string[] args =
        [
            "pretrain", "shapes:100", "--out", run, "--preset", "shapes-quick", "--batch-size", "20", "--epochs", "5000",
            "--json",
        ];
        using var process = CliProcess.Start(args);
        var output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Assert.StartsWith("Learns from 100 images; ", await process.StandardError.ReadLineAsync(patience.Token));
        Assert.StartsWith("In the first epochs a loss above", await process.StandardError.ReadLineAsync(patience.Token));
        // The first line of progress says that training is under way.
        Assert.StartsWith("epoch 1/5000", await process.StandardError.ReadLineAsync(patience.Token));
        using (var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"])) await kill.WaitForExitAsync(patience.Token);
        var error = await process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);

        Assert.True(process.ExitCode == 130, $"exit code {process.ExitCode}: {error}");
        Assert.Contains($"pretrain --resume {run}", error);
        Assert.True(JsonDocument.Parse(await output).RootElement.GetProperty("interrupted").GetBoolean());
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }

    [Fact]
    public async Task A_closed_terminal_saves_the_state_although_nobody_can_be_told()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "A terminal is made by script, of util-linux.");
        using var folder = new SampleFolder();
        var run = folder.File("run");
        var command = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "SimClr.Cli.dll")}' pretrain shapes:100 --out '{run}' "
            + "--preset shapes-quick --batch-size 20 --epochs 5000 --checkpoint-epochs 5000";
        var start = new ProcessStartInfo("/usr/bin/script", ["-qfc", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var terminal = OwnedProcess.Start(start);
        var metrics = Path.Combine(run, "metrics.jsonl");
        await Until(() => File.Exists(metrics) && new FileInfo(metrics).Length > 0, "training begins");
        terminal.Kill(); // the terminal alone, not what runs in it
        await Until(() => File.Exists(Path.Combine(run, "report.html")), "the state is saved");
        Assert.Single(Directory.GetFiles(Path.Combine(run, "checkpoints"), "step-*.safetensors"));
        await Until(() => !File.Exists(Path.Combine(run, ".lock")), "the process ends");
    }

    private static async Task Until(Func<bool> isDone, string what)
    {
        for (var i = 0; !isDone(); i++)
        {
            Assert.True(i < 1200, $"In two minutes it has not come to pass that {what}.");
            await Task.Delay(100);
        }
    }
}
