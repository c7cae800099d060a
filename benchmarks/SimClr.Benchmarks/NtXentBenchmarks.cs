using BenchmarkDotNet.Attributes;
using SimClr.Losses;
using SimClr.Native;
using TorchSharp;

namespace SimClr.Benchmarks;

/// <summary>NT-Xent, forward and backward, 128 dimensions, all cores.</summary>
public class NtXentBenchmarks
{
    private torch.Tensor _z = null!;

    [Params(256, 1024, 4096)]
    public int N { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        TorchRuntime.EnsureLoaded();
        _z = torch.randn(2 * N, 128).requires_grad_();
    }

    [GlobalCleanup]
    public void Free() => _z.Dispose();

    [Benchmark]
    public void ForwardAndBackward()
    {
        using var scope = torch.NewDisposeScope();
        _z.grad = null;
        new NtXent().Compute(_z).Loss.backward();
    }
}
