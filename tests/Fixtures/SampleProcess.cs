using System.Diagnostics;

namespace SimClr.Tests.Fixtures;

/// <summary>A program of <c>samples/</c> as a process of its own.</summary>
internal static class SampleProcess
{
    /// <summary>Runs a sample to its end on one thread, asserts that it succeeded, and returns its lines.</summary>
    public static async Task<string[]> Run(string sample, params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, $"{sample}.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1"; // as in the tests' own process
        using var process = OwnedProcess.Start(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
