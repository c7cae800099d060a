using SimClr.LoadLab;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>The short form of the load laboratory; <c>lab/SimClr.LoadLab</c> is the long one.</summary>
public sealed class ServerLoadTests
{
    [Fact]
    public async Task Under_valid_hostile_and_large_requests_answers_are_right_and_memory_comes_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read from /proc.");
        var plan = new LoadPlan
        {
            Requests = 100,
            Connections = 12,
            LargeSide = 5000,
            Pause = TimeSpan.FromSeconds(2.5),
            Left = 120_000_000,
        };
        using var example = new ServedExample();
        using var server = ServerProcess.Start(example.Index);
        var report = await LoadRound.Run(plan, server);
        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures) + "\n" + report.Text());
        Assert.True(report.Peak > report.AtStart + 100_000_000, "No large image was decoded.\n" + report.Text());
    }
}
