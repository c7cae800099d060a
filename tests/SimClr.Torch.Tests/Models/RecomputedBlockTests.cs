using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public class RecomputedBlockTests
{
    public RecomputedBlockTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("resnet18", false, ScalarType.Float32)]
    [InlineData("resnet50", true, ScalarType.BFloat16)]
    public void Computing_blocks_again_changes_no_bit(string name, bool selective, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var options = new ResNetOptions
        {
            Name = name,
            Width = 0.25,
            Stem = StemKind.Cifar,
            ZeroInitResidual = false,
            SelectiveKernels = selective,
        };
        using var kept = new ResNet(options, seed: 6);
        using var recomputed = new ResNet(options with { RecomputeBlocks = true }, seed: 6);
        var x = Images(4, 16).to(type);
        for (var step = 0; step < 2; step++) // twice: gradients add up as usual
        {
            var (expected, actual) = (kept.call(x), recomputed.call(x));
            AssertSame(expected, actual, "h");
            expected.square().mean().backward();
            actual.square().mean().backward();
        }
        foreach (var ((parameter, expected), actual) in kept.named_parameters().Zip(recomputed.parameters()))
            AssertSame(expected.grad!, actual.grad!, parameter);
        foreach (var (entry, expected) in kept.state_dict()) AssertSame(expected, recomputed.state_dict()[entry], entry);
        Assert.Equal(2, recomputed.state_dict()["layer4.1.bn1.num_batches_tracked"].item<long>());
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        using var x = Images(2, 16);
        var options = new ResNetOptions { Width = 0.25, Stem = StemKind.Cifar, RecomputeBlocks = true };
        using var network = new ResNet(options, seed: 2);
        var resting = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 3; step++)
        {
            using (NewDisposeScope()) network.call(x).sum().backward();
            Assert.Equal(resting, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        using (NewDisposeScope())
        {
            using (no_grad()) network.call(x); // nothing to compute again
            network.eval();
            network.call(x).sum().backward();
        }
        Assert.Equal(resting, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Held_statistics_stay_held_through_a_backward_pass_that_computes_blocks_again()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet(new() { Width = 0.25, Stem = StemKind.Cifar, RecomputeBlocks = true }, seed: 6);
        var x = Images(4, 16);
        var before = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        var held = BatchNormalization.HoldStatistics(network);
        for (var pass = 0; pass < 2; pass++)
        {
            network.call(x).sum().backward();
            foreach (var (name, value) in network.state_dict()) AssertSame(before[name], value, name);
        }
        held.Dispose();
        held.Dispose(); // twice is once
        network.call(x).sum().backward();
        Assert.All(network.state_dict().Where(entry => entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)),
            entry => Assert.Equal(1, entry.Value.item<long>()));
    }

    private static Tensor Images(int count, int size) =>
        tensor(HashedTensors.Image(3, 9, 3L * count * size * size), [count, 3, size, size]);

    private static void AssertSame(Tensor expected, Tensor actual, string name)
    {
        using var same = expected.equal(actual).all();
        Assert.True(same.item<bool>(), name);
    }
}
