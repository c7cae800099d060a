using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

/// <summary>Selective kernels and what ResNet-D adds, against loops in float64 and the official code's formulation.</summary>
public class SelectiveKernelsTests
{
    private const double Epsilon = 1e-5;

    public SelectiveKernelsTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void The_mix_of_two_streams_is_that_of_a_loop()
    {
        using var scope = NewDisposeScope();
        const int B = 3, F = 4, H = 5, W = 2;
        using var unit = Unit(F);
        var x = Values(6, B, 2 * F, H, W);
        var state = unit.state_dict();
        var (reduce, gamma, beta) = (state["conv1.weight"], state["bn1.weight"], state["bn1.bias"]);
        var expand = state["conv2.weight"];
        Assert.Equal([32, F, 1, 1], reduce.shape); // the bottleneck's least width
        Assert.Equal([2 * F, 32, 1, 1], expand.shape);

        var hidden = new double[B, 32];
        for (var b = 0; b < B; b++)
            for (var m = 0; m < 32; m++)
                for (var f = 0; f < F; f++)
                    for (var p = 0; p < H * W; p++)
                        hidden[b, m] += At(reduce, m, f, 0, 0) / (H * W)
                            * (At(x, b, f, p / W, p % W) + At(x, b, F + f, p / W, p % W));
        for (var m = 0; m < 32; m++)
        {
            var mean = Enumerable.Range(0, B).Average(b => hidden[b, m]);
            var variance = Enumerable.Range(0, B).Average(b => Math.Pow(hidden[b, m] - mean, 2));
            for (var b = 0; b < B; b++)
                hidden[b, m] = Math.Max(0, (hidden[b, m] - mean) / Math.Sqrt(variance + Epsilon) * At(gamma, m) + At(beta, m));
        }
        var expected = zeros(B, F, H, W, dtype: ScalarType.Float64);
        for (var b = 0; b < B; b++)
        {
            for (var f = 0; f < F; f++)
            {
                var first = Math.Exp(Enumerable.Range(0, 32).Sum(m => At(expand, f, m, 0, 0) * hidden[b, m]));
                var second = Math.Exp(Enumerable.Range(0, 32).Sum(m => At(expand, F + f, m, 0, 0) * hidden[b, m]));
                for (var p = 0; p < H * W; p++)
                    expected[b, f, p / W, p % W] =
                        (first * At(x, b, f, p / W, p % W) + second * At(x, b, F + f, p / W, p % W)) / (first + second);
            }
        }
        AssertClose(expected, unit.call(x), 1e-12); // both in float64
    }

    [Fact]
    public void The_mixs_gradient_is_that_of_the_official_formulation()
    {
        using var scope = NewDisposeScope();
        const int F = 6;
        using var unit = Unit(F);
        var x = Values(6, 4, 2 * F, 3, 3).requires_grad_();
        var copy = x.detach().clone().requires_grad_();
        var probe = Values(7, 4, F, 3, 3);
        (unit.call(x) * probe).sum().backward();
        var gradients = unit.parameters().Select(p => p.grad!.clone()).ToList();
        foreach (var parameter in unit.parameters()) parameter.grad = null;
        (Mixed(copy, Named(unit), F) * probe).sum().backward();
        AssertClose(copy.grad!, x.grad!, 1e-12);
        Assert.All(unit.parameters().Zip(gradients), pair => AssertClose(pair.First.grad!, pair.Second, 1e-11));
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 8)]
    [InlineData(2, 7)]
    public void A_block_is_the_official_codes(int stride, int size)
    {
        using var scope = NewDisposeScope();
        const int F = 4;
        using var block = ResidualBlock.Bottleneck(Weights(), inputs: 12, F, stride, lastScale: 0.7, selective: true);
        block.to(ScalarType.Float64);
        var w = Named(block);
        Assert.Equal([2 * F, F, 3, 3], w["conv2.weight"].shape);
        var x = Values(8, 5, 12, size, size);

        var y = Norm(Convolve(x, w["conv1.weight"], 1), w, "bn1").clamp_min(0);
        y = Norm(Convolve(y, w["conv2.weight"], stride), w, "bn2").clamp_min(0);
        y = Mixed(y, w, F, "select.");
        y = Norm(Convolve(y, w["conv3.weight"], 1), w, "bn3");
        var shortcut = Norm(Convolve(LoopedAverage(x, stride), w["downsample.0.weight"], 1), w, "downsample.1");
        AssertClose((y + shortcut).clamp_min(0), block.call(x), 1e-12);
    }

    [Theory]
    [InlineData(1, 4, 4)]
    [InlineData(1, 5, 3)]
    [InlineData(2, 6, 4)]
    [InlineData(2, 5, 4)]
    [InlineData(2, 5, 7)]
    public void Shortcuts_average_as_the_official_code_does(int stride, int height, int width)
    {
        using var scope = NewDisposeScope();
        var x = Values(9, 2, 3, height, width);
        var averages = Shortcut.Average(x, stride);
        AssertClose(LoopedAverage(x, stride), averages, 1e-14);
        Assert.Equal([2, 3, (height + stride - 1) / stride, (width + stride - 1) / stride], averages.shape);
    }

    [Fact]
    public void A_network_has_torchvisions_names_and_some_more()
    {
        using var network = new ResNet(
            new ResNetOptions { Name = "resnet50", SelectiveKernels = true }, new InitialWeights(1, 0) { ShapesOnly = true });
        using var plain = new ResNet(new ResNetOptions { Name = "resnet50" }, new InitialWeights(1, 0) { ShapesOnly = true });
        var shapes = network.state_dict().ToDictionary(e => e.Key, e => string.Join(",", e.Value.shape));
        var expected = plain.state_dict().ToDictionary(e => e.Key, e => string.Join(",", e.Value.shape));
        Assert.Equal("128,64,3,3", shapes["layer1.0.conv2.weight"]);
        Assert.Equal("128", shapes["layer1.0.bn2.running_var"]);
        Assert.Equal("32,64,1,1", shapes["layer1.0.select.conv1.weight"]);
        Assert.Equal("32", shapes["layer1.0.select.bn1.weight"]);
        Assert.Equal("128,32,1,1", shapes["layer1.0.select.conv2.weight"]);
        Assert.Equal("32,512,1,1", shapes["layer4.2.select.conv1.weight"]); // 512/16
        Assert.Equal(
            ["32,3,3,3", "32", "32,32,3,3", "32", "64,32,3,3"],
            ((string[])["conv1.0.weight", "conv1.1.weight", "conv1.3.weight", "conv1.4.bias", "conv1.6.weight"])
                .Select(name => shapes[name]));

        string[] stem = ["conv1.weight"];
        Assert.Equal(stem, expected.Keys.Except(shapes.Keys));
        Assert.All(shapes.Keys.Except(expected.Keys), name => Assert.Matches(@"[.]select[.]|^conv1[.][01346][.]", name));
        Assert.All(
            expected.Keys.Intersect(shapes.Keys).Where(name => !name.Contains(".conv2.") && !name.Contains(".bn2.")),
            name => Assert.Equal(expected[name], shapes[name]));
    }

    [Theory]
    [InlineData(StemKind.ImageNet, 64, "conv1.6.weight")]
    [InlineData(StemKind.Cifar, 16, "conv1.weight")]
    public void A_network_trains_with_either_stem_and_leaves_no_tensors_behind(StemKind stem, int size, string lastOfStem)
    {
        var options = new ResNetOptions { Name = "resnet50", Width = 0.25, Stem = stem, SelectiveKernels = true };
        using var network = new ResNet(options, seed: 5);
        using var x = Images(4, size);
        Assert.Equal([16], network.state_dict()[lastOfStem].shape[..1]);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            var h = network.call(x);
            Assert.Equal([4, 512], h.shape);
            h.square().mean().backward();
            Assert.True(network.state_dict()["conv1" + lastOfStem[5..]].requires_grad);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.All(network.named_parameters(), p => Assert.False(p.parameter.grad is null, p.name));
    }

    [Fact]
    public void Bfloat16_stays_close_to_float32()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var options = new ResNetOptions { Name = "resnet50", Width = 0.25, Stem = StemKind.Cifar, SelectiveKernels = true };
        using var network = new ResNet(options, seed: 5);
        // Residual branches that are alive but small, as early in training.
        foreach (var (name, gamma) in network.named_parameters())
            if (name.EndsWith(".bn3.weight", StringComparison.Ordinal)) gamma.fill_(0.2);
        var x = Images(8, 16);
        var exact = network.call(x);
        var rounded = network.call(x.to(ScalarType.BFloat16));
        Assert.Equal(ScalarType.Float32, rounded.dtype);
        // Measured 2.1 %: a rounding is up to 2⁻⁹ = 0.2 %, and some hundred in a row add up like a random walk.
        Assert.InRange((exact - rounded).norm().item<float>() / exact.norm().item<float>(), 1e-5, 0.05);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet34")]
    public void Networks_without_bottlenecks_are_refused(string name)
    {
        var options = new ResNetOptions { Name = name, SelectiveKernels = true };
        var error = Assert.Throws<ArgumentException>(() => options.Validated());
        Assert.Contains($"resnet50, resnet101 or resnet152), not {name}", error.Message);
    }

    private static SelectiveKernels Unit(int channels)
    {
        var unit = new SelectiveKernels(Weights(), channels);
        unit.to(ScalarType.Float64);
        using var frozen = no_grad();
        unit.state_dict()["bn1.weight"].copy_(linspace(0.5, 2, 32));
        unit.state_dict()["bn1.bias"].copy_(linspace(-1, 1, 32));
        return unit;
    }

    private static InitialWeights Weights() => new(3, InitialWeights.EncoderPart);

    private static Dictionary<string, Tensor> Named(nn.Module module) =>
        module.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);

    /// <summary>Streams stacked, a softmax over them and a weighted sum, as the official code has it.</summary>
    private static Tensor Mixed(Tensor x, Dictionary<string, Tensor> weights, int channels, string prefix = "")
    {
        var streams = stack(x.split(channels, 1));                                     // [2, B, F, H, W]
        var pooled = streams.sum([0]).mean([2, 3], keepdim: true);                       // [B, F, 1, 1]
        var hidden = Norm(Convolve(pooled, weights[prefix + "conv1.weight"], 1), weights, prefix + "bn1").clamp_min(0);
        var logits = Convolve(hidden, weights[prefix + "conv2.weight"], 1);            // [B, 2F, 1, 1]
        return (streams * stack(logits.split(channels, 1)).softmax(0)).sum([0]);        // [B, F, H, W]
    }

    private static Tensor Convolve(Tensor x, Tensor weight, int stride) =>
        nn.functional.conv2d(x, weight, strides: [stride, stride], padding: [weight.shape[2] / 2, weight.shape[2] / 2]);

    private static Tensor Norm(Tensor x, Dictionary<string, Tensor> weights, string name)
    {
        var centered = x - x.mean([0, 2, 3], keepdim: true);
        var unit = centered / (centered.square().mean([0, 2, 3], keepdim: true) + Epsilon).sqrt();
        return unit * weights[name + ".weight"].view(1, -1, 1, 1) + weights[name + ".bias"].view(1, -1, 1, 1);
    }

    /// <summary>
    /// TensorFlow's pooling as the official code calls it: "SAME" at stride 1, which leaves out what lies outside; behind
    /// explicit zeros below and to the right at stride 2, which count.
    /// </summary>
    private static Tensor LoopedAverage(Tensor x, int stride)
    {
        var (height, width) = ((int)x.shape[2], (int)x.shape[3]);
        var result = zeros(x.shape[0], x.shape[1], (height + stride - 1) / stride, (width + stride - 1) / stride, x.dtype);
        for (var i = 0; i < result.shape[2]; i++)
        {
            for (var j = 0; j < result.shape[3]; j++)
            {
                var inside = (from r in Enumerable.Range(stride * i, 2)
                              from c in Enumerable.Range(stride * j, 2)
                              where r < height && c < width
                              select x[.., .., r, c]).ToList();
                result[.., .., i, j] = inside.Aggregate((a, b) => a + b) / (stride == 1 ? inside.Count : 4);
            }
        }
        return result;
    }

    private static Tensor Values(uint seed, params long[] shape) =>
        tensor(HashedTensors.Image(seed, 1, shape.Aggregate((a, b) => a * b)), shape).to(ScalarType.Float64);

    private static Tensor Images(int count, int size) =>
        tensor(HashedTensors.Image(3, 9, 3L * count * size * size), [count, 3, size, size]);

    private static double At(Tensor t, params long[] index)
    {
        using var scope = NewDisposeScope();
        return t[[.. index.Select(i => TensorIndex.Single(i))]].item<double>();
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<double>() / expected.abs().max().item<double>(), 0, tolerance);
    }
}
