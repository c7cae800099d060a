using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public class ResNetTests
{
    public ResNetTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet34")]
    [InlineData("resnet50")]
    [InlineData("resnet101")]
    [InlineData("resnet152")]
    public void State_has_torchvisions_names_shapes_types_and_order(string name)
    {
        using var network = new ResNet(new ResNetOptions { Name = name }, seed: 1);
        var expected = Golden.Json("resnet_keys.json").GetProperty(name).EnumerateArray()
            .Select(entry => (
                Name: entry[0].GetString()!,
                Shape: string.Join(",", entry[1].EnumerateArray().Select(v => v.GetInt64())),
                Type: entry[2].GetString() == "I64" ? ScalarType.Int64 : ScalarType.Float32))
            .Where(entry => !entry.Name.StartsWith("fc.", StringComparison.Ordinal))
            .ToList();
        var actual = network.state_dict().Select(e => (Name: e.Key, Shape: string.Join(",", e.Value.shape), Type: e.Value.dtype));
        Assert.Equal(expected.Order(), actual.Order());
        Assert.Equal(
            expected.Select(e => e.Name).Where(n => n.EndsWith("weight", StringComparison.Ordinal)),
            network.named_parameters().Select(p => p.name).Where(n => n.EndsWith("weight", StringComparison.Ordinal)));
        Assert.Equal(name is "resnet18" or "resnet34" ? 512 : 2048, network.FeatureDimension);
    }

    [Theory]
    [InlineData("resnet18", 0.25, 128)]
    [InlineData("resnet18", 0.5, 256)]
    [InlineData("resnet50", 0.25, 512)]
    [InlineData("resnet18", 2, 1024)]
    public void Width_multiplies_every_channel(string name, double width, int dimension)
    {
        using var scope = NewDisposeScope();
        var options = new ResNetOptions { Name = name, Width = width, Stem = StemKind.Cifar };
        using var network = new ResNet(options, seed: 1);
        Assert.Equal((long)(64 * width), network.state_dict()["conv1.weight"].shape[0]);
        Assert.Equal(dimension, options.FeatureDimension);
        using var frozen = no_grad();
        Assert.Equal([2, dimension], network.call(zeros(2, 3, 8, 8)).shape);
    }

    [Fact]
    public void The_papers_widest_encoder_has_8192_features() =>
        Assert.Equal(8192, new ResNetOptions { Name = "resnet50", Width = 4 }.Validated().FeatureDimension);

    [Fact]
    public void Weights_depend_on_the_seed_alone_and_have_the_official_distribution()
    {
        using var scope = NewDisposeScope();
        using var first = new ResNet(new ResNetOptions(), seed: 5);
        using var again = new ResNet(new ResNetOptions(), seed: 5);
        using var other = new ResNet(new ResNetOptions(), seed: 6);
        var (a, b, c) = (first.state_dict(), again.state_dict(), other.state_dict());
        Assert.All(a, entry => Assert.True(entry.Value.equal(b[entry.Key]).all().item<bool>(), entry.Key));
        Assert.False(a["conv1.weight"].equal(c["conv1.weight"]).any().item<bool>());

        var kernel = a["layer3.1.conv2.weight"]; // 589,824 values of fan-in 2304
        var deviation = Math.Sqrt(1.0 / 2304);
        var n = kernel.numel();
        Assert.Equal(0, kernel.mean().item<float>(), 5 * deviation / Math.Sqrt(n)); // five standard errors
        Assert.Equal(1, kernel.std().item<float>() / deviation, 5 / Math.Sqrt(2 * n));
        var cut = 2 * deviation / 0.87962566103423978;
        Assert.InRange(kernel.abs().max().item<float>(), 0.99 * cut, cut * (1 + 1e-6));
        Assert.True(a["layer1.0.bn2.weight"].eq(0).all().item<bool>());
        Assert.True(a["layer1.0.bn1.weight"].eq(1).all().item<bool>());
        Assert.True(a["layer2.0.downsample.1.weight"].eq(1).all().item<bool>());

        using var plain = new ResNet(new ResNetOptions { ZeroInitResidual = false }, seed: 5);
        Assert.True(plain.state_dict()["layer1.0.bn2.weight"].eq(1).all().item<bool>());
    }

    [Fact]
    public void Kernels_may_start_as_torchvisions_do()
    {
        using var scope = NewDisposeScope();
        var options = new ResNetOptions { Initialization = KernelInitialization.TorchVision, ZeroInitResidual = false };
        using var network = new ResNet(options, seed: 5);
        var state = network.state_dict();
        var kernel = state["layer3.0.conv1.weight"]; // [256, 128, 3, 3]: a fan-out of 2304 and a fan-in of 1152
        var deviation = Math.Sqrt(2.0 / 2304);
        var n = kernel.numel();
        Assert.Equal(0, kernel.mean().item<float>(), 5 * deviation / Math.Sqrt(n)); // five standard errors
        Assert.Equal(1, kernel.std().item<float>() / deviation, 5 / Math.Sqrt(2 * n));
        Assert.InRange(kernel.abs().max().item<float>(), 4 * deviation, 7 * deviation); // not truncated
        Assert.True(state["layer1.0.bn2.weight"].eq(1).all().item<bool>());
    }

    [Theory]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.9, 1.2815515655446004)]
    [InlineData(0.6, 0.2533471031357997)]
    [InlineData(0.25, -0.6744897501960817)]
    [InlineData(1e-9, -5.9978070150076865)]
    public void Normal_quantiles_are_the_tabulated_ones(double p, double quantile) =>
        Assert.Equal(quantile, InitialWeights.NormalQuantile(p), 2e-7 * Math.Abs(quantile)); // PPND7 is good to about 1e-7

    [Fact]
    public void Kernels_are_channels_last_and_the_input_layout_does_not_matter()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var network = new ResNet(new ResNetOptions { Stem = StemKind.Cifar, ZeroInitResidual = false }, seed: 2);
        network.eval();
        var kernel = network.state_dict()["layer1.0.conv1.weight"];
        Assert.Equal([64, 64, 3, 3], kernel.shape);
        Assert.Equal([64 * 9, 1, 64 * 3, 64], kernel.stride());

        var x = Images(4, 32);
        var channelsLast = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        AssertClose(network.call(x), network.call(channelsLast), 1e-6);

        var fast = network.call(x);
        foreach (var parameter in network.parameters().Where(p => p.dim() == 4)) parameter.set_(parameter.contiguous());
        // The same sums in another order.
        AssertClose(fast, network.call(x), 1e-5);
    }

    [Fact]
    public void Bfloat16_stays_close_to_float32_and_trains_float32_masters()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet(new ResNetOptions { Stem = StemKind.Cifar }, seed: 2);
        // Residual branches that are alive but small, as early in training; at γ = 1 a random network amplifies any rounding.
        using (no_grad())
            foreach (var (name, gamma) in network.named_parameters())
                if (name.EndsWith(".bn2.weight", StringComparison.Ordinal)) gamma.fill_(0.2);
        var x = Images(16, 16);
        var exact = network.call(x);
        var exactGradients = Gradients(network, exact);
        var rounded = network.call(x.to(ScalarType.BFloat16));
        var roundedGradients = Gradients(network, rounded);

        Assert.Equal(ScalarType.Float32, rounded.dtype);
        Assert.All(network.state_dict().Values, t => Assert.True(t.dtype is ScalarType.Float32 or ScalarType.Int64));
        // Measured 0.5 %: a rounding is up to 2⁻⁹ = 0.2 %, and some twenty add up like a random walk.
        Assert.InRange(Difference(exact, rounded), 1e-5, 0.015);
        Assert.All(exactGradients.Zip(roundedGradients), pair =>
        {
            Assert.Equal(ScalarType.Float32, pair.Second.dtype);
            var cosine = nn.functional.cosine_similarity(pair.First.flatten(), pair.Second.flatten(), 0).item<float>();
            Assert.InRange(cosine, 0.93f, 1.0001f); // measured 0.97 and more
        });
    }

    [Fact]
    public void Evaluation_changes_no_state_and_training_counts_batches()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var network = new ResNet(new ResNetOptions { Stem = StemKind.Cifar }, seed: 2);
        var before = network.state_dict().ToDictionary(e => e.Key, e => e.Value.clone());
        network.eval();
        network.call(Images(2, 16));
        Assert.All(network.state_dict(), e => Assert.True(e.Value.equal(before[e.Key]).all().item<bool>(), e.Key));
        network.train();
        network.call(Images(2, 16));
        Assert.Equal(1, network.state_dict()["bn1.num_batches_tracked"].item<long>());
        Assert.False(network.state_dict()["bn1.running_mean"].equal(before["bn1.running_mean"]).all().item<bool>());
    }

    [Fact]
    public void A_step_and_a_network_leave_no_tensors_behind()
    {
        using var x = Images(2, 16);
        var empty = LiveTensors;
        using (var network = new ResNet(new ResNetOptions { Width = 0.25, Stem = StemKind.Cifar }, seed: 2))
        {
            var resting = LiveTensors;
            for (var step = 0; step < 3; step++)
            {
                using var scope = NewDisposeScope();
                network.call(x).sum().backward();
                Assert.Equal(resting + 2, LiveTensors); // h and its sum, nothing else
            }
            Assert.Equal(resting, LiveTensors);
        }
        Assert.Equal(empty, LiveTensors);
    }

    [Fact]
    public void A_network_made_inside_a_scope_outlives_it()
    {
        ResNet network;
        using (NewDisposeScope()) network = new ResNet(new ResNetOptions { Width = 0.25 }, seed: 2);
        using var scope = NewDisposeScope();
        Assert.Equal([2, 128], network.call(Images(2, 32)).shape);
        network.Dispose();
    }

    [Fact]
    public void Wrong_settings_and_inputs_are_refused()
    {
        var unknown = Assert.Throws<ArgumentException>(() => new ResNetOptions { Name = "resnet20" }.Validated());
        Assert.Contains("resnet20", unknown.Message);
        foreach (var width in (double[])[0.2, 4.1, double.NaN])
            Assert.Throws<ArgumentOutOfRangeException>(() => new ResNetOptions { Width = width }.Validated());
        var initialization = new ResNetOptions { Initialization = (KernelInitialization)2 };
        Assert.Throws<ArgumentOutOfRangeException>(() => initialization.Validated());
        using var scope = NewDisposeScope();
        using var network = new ResNet(new ResNetOptions { Width = 0.25 }, seed: 2);
        Assert.Contains("[2, 1, 32, 32]", Assert.Throws<ArgumentException>(() => network.call(zeros(2, 1, 32, 32))).Message);
    }

    [Fact]
    public void Small_images_get_the_cifar_stem() =>
        Assert.Equal(
            [StemKind.Cifar, StemKind.Cifar, StemKind.ImageNet, StemKind.ImageNet],
            ((int[])[32, 64, 65, 224]).Select(StemKinds.ForImageSize));

    // Of this thread, and without what the garbage collector has yet to sweep.
    private static long LiveTensors => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    private static Tensor Images(int count, int size) =>
        tensor(HashedTensors.Image(3, 9, 3L * count * size * size), [count, 3, size, size]);

    private static List<Tensor> Gradients(ResNet network, Tensor h)
    {
        foreach (var parameter in network.parameters()) parameter.grad = null;
        // A fixed direction: the mean square of features behind a batch norm hardly depends on the weights.
        var probe = tensor(HashedTensors.Image(4, 9, h.numel()), h.shape);
        (h * probe).mean().backward();
        return [.. network.parameters().Select(p => p.grad!)];
    }

    private static double Difference(Tensor expected, Tensor actual) =>
        (actual - expected).norm().item<float>() / expected.norm().item<float>();

    private static void AssertClose(Tensor expected, Tensor actual, double relative) =>
        Assert.InRange(Difference(expected, actual), 0, relative);
}
