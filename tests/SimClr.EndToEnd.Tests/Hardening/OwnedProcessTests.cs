using System.Diagnostics;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Hardening;

public sealed class OwnedProcessTests
{
    [Fact]
    public async Task A_test_that_gives_up_leaves_no_command_running()
    {
        using var folder = new TemporaryFolder();
        string[] args =
        [
            "pretrain", "shapes:100", "--out", folder.At("run"), "--preset", "shapes-quick", "--batch-size", "20",
            "--epochs", "5000",
        ];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Process watched;
        using (var process = CliProcess.Start(args))
        {
            watched = Process.GetProcessById(process.Id);
            string? line;
            do line = await process.StandardError.ReadLineAsync(patience.Token);
            while (line?.StartsWith("epoch 1/5000", StringComparison.Ordinal) == false);
            Assert.NotNull(line);
        }
        using (watched)
        {
            // It would train for minutes.
            var hasEnded = watched.WaitForExit(TimeSpan.FromSeconds(10));
            if (!hasEnded) watched.Kill();
            Assert.True(hasEnded);
        }
    }

    [Fact]
    public void A_process_that_has_ended_is_disposed_of_like_any_other()
    {
        var process = OwnedProcess.Start(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true });
        Assert.NotEmpty(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        process.Dispose();
        process.Dispose();
        Assert.Throws<InvalidOperationException>(() => process.Id);
    }
}
