using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SimClr.LoadLab;

/// <summary><c>simclr serve</c> as a process of its own, with its usual options, for this machine only.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "SimClr.Cli.dll");

    private readonly Process _process;
    private readonly Task<string> _words;

    private ServerProcess(Process process)
    {
        _process = process;
        _words = process.StandardError.ReadToEndAsync();
        var said = JsonNode.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(_words.Result))!;
        Address = new Uri(said["url"]!.GetValue<string>());
        MaxMemory = said["most_memory_mb"]!.GetValue<long>() * 1_000_000;
        AtStart = Resident;
    }

    public Uri Address { get; }

    /// <summary>The most memory that the server says it takes, in bytes.</summary>
    public long MaxMemory { get; }

    /// <summary>Resident memory when it had started, in bytes.</summary>
    public long AtStart { get; }

    /// <summary>Resident memory now, in bytes.</summary>
    public long Resident => Status("VmRSS:");

    /// <summary>The most there was of it.</summary>
    public long Peak => Status("VmHWM:");

    public static ServerProcess Start(string index)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Program, "serve", index, "--port", "0", "--json", "--quiet"])
            start.ArgumentList.Add(argument);
        return new(Process.Start(start)!);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries); // VmRSS: 123 kB
        return 1024 * long.Parse(words[1], CultureInfo.InvariantCulture);
    }
}
