using SimClr.Features;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Features;

public class FrozenEncoderTests
{
    private static readonly string[] Names = ["cat", "dog"];

    public FrozenEncoderTests() => TorchRuntime.EnsureLoaded();

    private static Sequential Net() => nn.Sequential(
        ("conv", nn.Conv2d(3, 4, 3)), ("bn", nn.BatchNorm2d(4)), ("drop", nn.Dropout(0.5)),
        ("pool", nn.AdaptiveAvgPool2d(1)), ("flat", nn.Flatten()));

    private static IEnumerable<(Tensor, int[])> Batches(int batches)
    {
        for (var i = 0; i < batches; i++) yield return (full([2, 3, 5, 5], i + 1f), [i % 2, -1]);
    }

    [Fact]
    public void Features_are_those_of_evaluation_mode_in_order()
    {
        using var net = Net();
        using var scope = NewDisposeScope();
        FeatureSet features;
        using (var frozen = new FrozenEncoder(net)) features = frozen.Extract(Batches(3), Names);
        Assert.Equal((6, 4, 2), (features.Count, features.Dimension, features.ClassCount));
        Assert.Equal([0, -1, 1, -1, 0, -1], features.Labels);
        net.eval();
        using var whole = net.forward(cat([.. Batches(3).Select(b => b.Item1)])); // [6, 4]
        // Convolutions may sum in another order for another batch size.
        Assert.All(whole.data<float>().ToArray().Zip(features.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Nothing_of_the_module_changes()
    {
        using var net = Net();
        using var scope = NewDisposeScope();
        var before = net.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        using (var frozen = new FrozenEncoder(net)) frozen.Extract(Batches(4), Names);
        foreach (var (name, value) in net.state_dict())
            Assert.True(before[name].detach().bytes.SequenceEqual(value.detach().bytes), name);
    }

    [Fact]
    public void Mode_and_gradient_flags_of_every_part_are_restored()
    {
        using var net = Net();
        net.train();
        var bn = net.named_children().Single(c => c.name == "bn").module;
        bn.eval(); // one part differs from the whole
        net.get_parameter("conv.bias")!.requires_grad = false;
        using (var frozen = new FrozenEncoder(net))
        {
            Assert.All(net.modules(), m => Assert.False(m.training));
            Assert.All(net.parameters(), p => Assert.False(p.requires_grad));
        }
        Assert.True(net.training);
        Assert.All(net.named_children(), c => Assert.Equal(c.name != "bn", c.module.training));
        Assert.All(net.named_parameters(), p => Assert.Equal(p.name != "conv.bias", p.parameter.requires_grad));
    }

    [Fact]
    public void An_encoder_put_into_training_mode_meanwhile_is_an_error()
    {
        using var net = Net();
        using var frozen = new FrozenEncoder(net);
        net.train();
        Assert.Throws<InvalidOperationException>(() => frozen.Extract(Batches(1), Names));
    }

    [Fact]
    public void Flattening_gives_raw_pixels()
    {
        using var flatten = nn.Flatten();
        using var frozen = new FrozenEncoder(flatten);
        var features = frozen.Extract(Batches(2), Names);
        Assert.Equal(75, features.Dimension);
        Assert.All(features.Row(1).ToArray(), v => Assert.Equal(1f, v));
        Assert.All(features.Row(2).ToArray(), v => Assert.Equal(2f, v));
    }

    [Fact]
    public void Bad_batches_and_cancellation_are_noticed()
    {
        using var net = Net();
        using var frozen = new FrozenEncoder(net);
        Assert.Throws<ArgumentException>(() => frozen.Extract([], Names));
        Assert.Throws<ArgumentException>(() => frozen.Extract([(zeros(2, 3, 5, 5), [0])], Names));
        using var bare = nn.Identity();
        using var shapeless = new FrozenEncoder(bare);
        Assert.Throws<InvalidOperationException>(() => shapeless.Extract(Batches(1), Names));
        Assert.Throws<OperationCanceledException>(() => frozen.Extract(Batches(1), Names, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Batches_are_disposed_and_nothing_else_is_left()
    {
        using var net = Net();
        using var frozen = new FrozenEncoder(net);
        frozen.Extract(Batches(1), Names);
        var before = LiveTensors.Count();
        frozen.Extract(Batches(3), Names);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
