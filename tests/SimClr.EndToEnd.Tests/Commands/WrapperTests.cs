using System.Diagnostics;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>The script at the root of the repository.</summary>
public sealed class WrapperTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_builds_in_the_repository_and_runs_where_it_was_called()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is bash's.");
        // A repository with the script alone, and a dotnet that tells where it was called.
        var root = _folder.At("root");
        Directory.CreateDirectory(Path.Combine(root, "src", "SimClr.Cli"));
        File.Copy(Path.Combine(RealData.RepositoryRoot, "simclr"), Path.Combine(root, "simclr"));
        foreach (var name in new[] { "global.json", "BannedSymbols.txt", "Directory.Build.props" })
            _folder.Write($"root/{name}", "{}"u8);
        var log = _folder.At("log");
        _folder.Write("bin/dotnet", System.Text.Encoding.UTF8.GetBytes($$"""
            #!/bin/bash
            echo "$PWD $1" >>{{log}}
            out={{root}}/src/SimClr.Cli/bin/Release/net10.0
            [[ $1 != build ]] || { mkdir -p $out; touch $out/SimClr.Cli.dll; }
            """));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.At("bin/dotnet"), (UnixFileMode)0b111_101_101);
        // Whoever calls it stands in a folder that names an SDK of its own.
        _folder.Write("elsewhere/global.json", """{"sdk":{"version":"10.0.999","paths":["evil"]}}"""u8);
        foreach (var script in new[] { Path.Combine(root, "simclr"), "../root/simclr" })
        {
            File.Delete(log);
            if (Directory.Exists(Path.Combine(root, "src/SimClr.Cli/bin")))
                Directory.Delete(Path.Combine(root, "src/SimClr.Cli/bin"), recursive: true);
            var start = new ProcessStartInfo("bash") { WorkingDirectory = _folder.At("elsewhere"), RedirectStandardError = true };
            start.ArgumentList.Add(script);
            start.ArgumentList.Add("--version");
            start.Environment["PATH"] = $"{_folder.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            var lines = File.ReadAllLines(log);
            Assert.Equal(2, lines.Length);
            Assert.Equal($"{root} build", lines[0]);
            Assert.StartsWith($"{_folder.At("elsewhere")} ", lines[1], StringComparison.Ordinal);
        }
    }
}
