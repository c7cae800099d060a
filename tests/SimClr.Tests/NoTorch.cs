using System.Diagnostics;

[assembly: AssemblyFixture(typeof(SimClr.Tests.NoTorch))]

namespace SimClr.Tests;

/// <summary>
/// These tests run at the same time; libtorch, which takes all cores and counts tensors per process, is not for them.
/// </summary>
public sealed class NoTorch : IDisposable
{
    public void Dispose()
    {
        using var process = Process.GetCurrentProcess();
        var names = process.Modules.Cast<ProcessModule>().Select(module => module.ModuleName);
        Assert.DoesNotContain(names, name => name.Contains("torch_cpu", StringComparison.Ordinal));
    }
}
