using SimClr.Native;
using SimClr.Optimization;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Optimization;

public sealed class GradientNormTests
{
    public GradientNormTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void All_gradients_are_one_vector_before_a_step_and_after_it(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        using TorchSharp.Modules.Parameter matrix = new(ones(2, 3)), bias = new(ones(4)), unused = new(ones(5));
        using var optimizer = Optimizer.Create(new OptimizerOptions { Kind = kind, Momentum = 0.9, WeightDecay = 0.1 },
            [("matrix", matrix), ("bias", bias), ("unused", unused)]);
        Assert.Equal(0, optimizer.GradientNorm());
        (3 * matrix.sum() - 2 * bias.sum()).backward(); // six times 3, four times −2: √(54 + 16)
        var before = LiveTensors.Count();
        Assert.Equal(Math.Sqrt(70), optimizer.GradientNorm(), 1e-5);
        Assert.Equal(before, Tensor.TotalCount);
        for (var i = 0; i < 3; i++) optimizer.Step(0.1);
        Assert.Equal(Math.Sqrt(70), optimizer.GradientNorm(), 1e-5);
    }
}
