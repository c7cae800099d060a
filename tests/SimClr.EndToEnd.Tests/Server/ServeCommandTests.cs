using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary><c>simclr serve</c> as a process of its own.</summary>
public sealed class ServeCommandTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task It_says_where_it_is_and_a_signal_ends_it_with_code_130(string signal)
    {
        if (signal == "INT") CliProcess.SkipWhereInterruptIsIgnored();
        using var process = CliProcess.Start(
            ["serve", served.Index, "--port", "0", "--listen", "0.0.0.0", "--no-token", "--json"]);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        var said = JsonNode.Parse(await process.StandardOutput.ReadLineAsync(patience.Token) ?? "null")!;
        Assert.Equal((13, "run"), (said["count"]!.GetValue<int>(), said["run"]!.GetValue<string>()));
        var port = new Uri(said["url"]!.GetValue<string>()).Port;
        using var client = new HttpClient();
        using var health = await client.GetAsync($"http://127.0.0.1:{port}/api/health", patience.Token);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using (var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"])) await kill.WaitForExitAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 130, $"exit code {process.ExitCode}: {await error}");
        Assert.Contains("no password", await error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await error, StringComparison.Ordinal);
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(patience.Token));
    }

    [Fact]
    public async Task What_cannot_be_served_fails_in_one_line()
    {
        CliProcess.FailedInOneLine(await CliProcess.Run("serve", served.Index + "x"), 1, "simclr index RUN DATA");
        CliProcess.FailedInOneLine(await CliProcess.Run("serve", served.Index, "--port", "70000"), 2, "--port must be between");
        CliProcess.FailedInOneLine(
            await CliProcess.Run("serve", served.Index, "--port", $"{served.Server.Address.Port}"), 1, "give another --port");
        CliProcess.FailedInOneLine(await CliProcess.Run("serve", served.Index, "--port", "x"), 2, "--port");
        CliProcess.FailedInOneLine(await CliProcess.Run("serve", served.Index, "--listen", "0.0.0.0"), 2, "--token-file FILE");
        CliProcess.FailedInOneLine(
            await CliProcess.Run("serve", served.Index, "--token-file", served.Index + "x"), 2, "--token-file");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_comes_from_a_file_or_the_environment(bool isFile)
    {
        const string Token = "a-token-of-this-test-only";
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", System.Text.Encoding.ASCII.GetBytes(Token + "\n"));
        string[] args = ["serve", served.Index, "--port", "0", "--json", .. isFile ? (string[])["--token-file", file] : []];
        using var process = CliProcess.Start(args, null, isFile ? [] : [("SIMCLR_TOKEN", Token)]);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        _ = process.StandardError.ReadToEndAsync(patience.Token);
        var said = JsonNode.Parse(await process.StandardOutput.ReadLineAsync(patience.Token) ?? "null")!;
        Assert.InRange(said["most_memory_mb"]!.GetValue<int>(), 1000, 5000);
        using var client = new HttpClient { BaseAddress = new(said["url"]!.GetValue<string>()) };
        using var without = await client.GetAsync("/api/index", patience.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var with = await client.GetAsync("/api/index", patience.Token);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        process.Kill();
        await process.WaitForExitAsync(patience.Token);
    }
}
