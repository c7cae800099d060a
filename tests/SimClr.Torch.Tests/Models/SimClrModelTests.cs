using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public class SimClrModelTests
{
    private static readonly ResNetOptions Small = new() { Width = 0.25, Stem = StemKind.Cifar };

    public SimClrModelTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Projections_are_the_heads_of_the_encoders_representations()
    {
        using var scope = NewDisposeScope();
        using var model = new SimClrModel(Small, new ProjectionHeadOptions { OutputDimension = 16 }, seed: 4);
        model.eval();
        var views = Views(4);
        var (h, z) = model.RepresentAndProject(views);
        Assert.Equal([4, 128], h.shape);
        Assert.Equal([4, 16], z.shape);
        Assert.True(h.equal(model.Encoder.call(views)).all().item<bool>());
        Assert.True(z.equal(model.Head.call(h)).all().item<bool>());
        Assert.True(z.equal(model.call(views)).all().item<bool>());
    }

    [Fact]
    public void Features_come_from_the_encoder_or_from_a_layer_of_the_head()
    {
        using var views = Views(4);
        using var model = new SimClrModel(Small, new ProjectionHeadOptions { Layers = 3, OutputDimension = 16 }, seed: 4);
        model.eval();
        var resting = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            var h = model.Encoder.call(views);
            Assert.True(model.Features(views).equal(h).all().item<bool>());
            for (var layer = 0; layer <= 3; layer++)
            {
                var features = model.Features(views, layer);
                Assert.Equal([4, model.Head.Dimension(layer)], features.shape);
                Assert.True(features.equal(model.Head.Features(h, layer)).all().item<bool>());
            }
            Assert.True(model.Features(views, 3).equal(model.call(views)).all().item<bool>());
            Assert.Throws<ArgumentOutOfRangeException>(() => model.Features(views, 4));
        }
        Assert.Equal(resting, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Names_tell_encoder_from_head()
    {
        using var model = new SimClrModel(Small, new ProjectionHeadOptions(), seed: 4);
        var names = model.named_parameters().Select(p => p.name).ToList();
        Assert.Contains("encoder.conv1.weight", names);
        Assert.Contains("encoder.layer4.1.bn2.bias", names);
        Assert.Contains("head.linear2.weight", names);
        Assert.All(names, name => Assert.Matches("^(encoder|head)[.]", name));
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Theory]
    [InlineData(OptimizerKind.Lars, 1.0, ScalarType.Float32)]
    [InlineData(OptimizerKind.Sgd, 0.05, ScalarType.Float32)]
    [InlineData(OptimizerKind.AdamW, 0.003, ScalarType.BFloat16)]
    public void Steps_tell_a_batch_apart_and_leave_no_tensors_behind(OptimizerKind kind, double rate, ScalarType precision)
    {
        using var model = new SimClrModel(Small, new ProjectionHeadOptions { OutputDimension = 16 }, seed: 4);
        using var optimizer = Optimizer.Create(new OptimizerOptions { Kind = kind }, model.named_parameters());
        using var views = Views(16);
        var losses = new List<float>();
        var resting = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 15; step++)
        {
            using (NewDisposeScope())
            {
                var result = new NtXent { Temperature = 0.5 }.Compute(model.call(views.to(precision)));
                result.Loss.backward();
                optimizer.Step(rate);
                optimizer.ZeroGrad();
                losses.Add(result.Loss.item<float>());
            }
            Assert.Equal(resting, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.True(losses[^1] < 0.75 * losses[0], string.Join(", ", losses));
        Assert.InRange(losses[0], 0.5 * new NtXent().ChanceLevel(8)!.Value, 1.2 * new NtXent().ChanceLevel(8)!.Value);
    }

    /// <summary>Noise images in pairs that share all but a tenth of their variance.</summary>
    private static Tensor Views(int count)
    {
        using var scope = NewDisposeScope();
        var all = arange(3L * count * 8 * 8 * 4, dtype: ScalarType.Float32).square().mul(0.37f).sin().reshape(2, count, 3, 16, 8);
        var (images, noise) = (all[0].slice(0, 0, count / 2, 1), all[1]);
        return cat([images, images]).add(noise, 0.3).reshape(count, 3, 16, 8).MoveToOuterDisposeScope();
    }
}
