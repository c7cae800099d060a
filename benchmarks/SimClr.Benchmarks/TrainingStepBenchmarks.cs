using BenchmarkDotNet.Attributes;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Optimization;
using SimClr.Settings;
using TorchSharp;

namespace SimClr.Benchmarks;

/// <summary>A training step without data: ResNet-18 with the CIFAR stem, 256 views of 32 px, all cores.</summary>
public class TrainingStepBenchmarks
{
    private const int Views = 256;

    private SimClrModel _model = null!;
    private Optimizer _optimizer = null!;
    private torch.Tensor _views = null!;

    [Params(0.25, 0.5, 1)]
    public double Width { get; set; }

    [Params("fp32", "bf16")]
    public string Precision { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        TorchRuntime.EnsureLoaded();
        _model = new SimClrModel(new ResNetOptions
        {
            Width = Width,
            Stem = StemKind.Cifar,
        }, new ProjectionHeadOptions(), seed: 1);
        _optimizer = Optimizer.Create(new OptimizerOptions(), _model.named_parameters());
        var precision = TorchRuntime.SelectPrecision(SettingChoices.Precision.Parse(Precision), torch.CPU);
        _views = torch.rand(Views, 32, 32, 3).permute(0, 3, 1, 2).to(precision);
    }

    [GlobalCleanup]
    public void Free()
    {
        _views.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Views)]
    public void PerView()
    {
        using var scope = torch.NewDisposeScope();
        _optimizer.ZeroGrad();
        new NtXent().Compute(_model.call(_views)).Loss.backward();
        _optimizer.Step(0.1);
    }
}
