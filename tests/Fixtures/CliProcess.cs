using System.Diagnostics;

namespace SimClr.Tests.Fixtures;

/// <summary>The built command as a process of its own.</summary>
internal static class CliProcess
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "SimClr.Cli.dll");

    /// <summary>Starts the command without waiting for it; it is killed when it is disposed of.</summary>
    public static Process Start(IEnumerable<string> args, string? folder = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Program);
        foreach (var arg in args) start.ArgumentList.Add(arg);
        start.Environment["NO_COLOR"] = "1";
        start.Environment.TryAdd("OMP_NUM_THREADS", "1"); // other tests run meanwhile, and threads would wait for each other
        start.Environment.Remove("SIMCLR_INVOKED_AS");
        start.Environment.Remove("SIMCLR_DEBUG");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return OwnedProcess.Start(start);
    }

    /// <summary>
    /// Skips a test of Ctrl-C where a shell started the tests in the background: it then ignores the signal for all below.
    /// </summary>
    public static void SkipWhereInterruptIsIgnored()
    {
        if (!File.Exists("/proc/self/status")) return;
        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        var mask = Convert.ToUInt64(ignored.Split(':')[1].Trim(), 16);
        Assert.SkipWhen((mask & 0b10) != 0, "SIGINT is ignored here, as for background jobs of a shell.");
    }

    /// <summary>Runs the command to its end.</summary>
    public static async Task<(int Code, string Out, string Err)> Run(params string[] args)
    {
        using var process = Start(args);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Asserts that the command failed in one line without a stack trace, with nothing on stdout.</summary>
    public static void FailedInOneLine((int Code, string Out, string Err) result, int code, string words)
    {
        Assert.True(code == result.Code, $"exit code {result.Code}, not {code}: {result.Err}");
        Assert.Empty(result.Out);
        var line = Assert.Single(result.Err.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("simclr: ", line);
        Assert.Contains(words, line);
    }
}
