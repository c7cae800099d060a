using System.Diagnostics;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Hardening;

public sealed class OwnedProcessTests
{
    [Fact]
    public async Task A_test_that_gives_up_leaves_no_command_running()
    {
        using var folder = new TemporaryFolder();
        Process watched;
        using (var process = CliProcess.Start(["pretrain", "shapes:100", "--out", folder.At("run"), "--preset", "shapes-quick"]))
            watched = Process.GetProcessById(process.Id);
        using (watched)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await watched.WaitForExitAsync(patience.Token); // it would train for minutes
            Assert.True(watched.HasExited);
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
