using System.Text.Json;
using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

/// <summary>Against torchvision 0.14.1 in float64: features, loss, running statistics and every parameter's gradient.</summary>
public class ResNetParityTests
{
    private static readonly JsonElement Cases = Golden.Json("resnet_parity.json").GetProperty("cases");
    private static readonly Golden Arrays = Golden.Arrays("resnet_parity.safetensors");

    // Where a ReLU input lies within rounding of 0, the gradient of everything below depends on the order of summation, so that
    // in float32 single tensors may be off by percents; but most are not, and float64 is exact.
    private static readonly GradientBounds AmongKinks = new(1e-2, 1e-1, 1e-4, 3e-3);

    public ResNetParityTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet18_cifar")]
    [InlineData("resnet50")]
    public void Computes_what_torchvision_computes(string name)
    {
        using var scope = NewDisposeScope();
        var expected = Case(name);
        using var network = Create(expected);
        var order = Load(network, expected);
        Assert.Equal(expected.GetProperty("num_params").GetInt64(), network.parameters().Sum(p => p.numel()));
        var x = Images(expected);

        // Evaluation first: training moves the running statistics. The tolerances of features, loss and statistics are those
        // stated with the golden values, three times the float32 error measured when they were made.
        network.eval();
        Check(network, x, expected, "eval", order, 2e-5, new GradientBounds(1e-4, 5e-4, 1e-5, 1e-5));
        network.train();
        Check(network, x, expected, "train", order, 2e-5, AmongKinks);
    }

    [Fact]
    public void A_wider_network_computes_what_torchvision_computes()
    {
        using var scope = NewDisposeScope();
        var expected = Case("resnet50_2x");
        using var network = Create(expected);
        var order = Load(network, expected);
        Assert.Equal(expected.GetProperty("num_params").GetInt64(), network.parameters().Sum(p => p.numel()));
        var x = Images(expected);
        network.eval();
        using (no_grad()) // gradients of 94 million parameters take seconds: once is enough
            CheckFeatures(network.call(x), expected.GetProperty("modes").GetProperty("eval"), 2e-5);
        network.train();
        Check(network, x, expected, "train", order, 2e-5, AmongKinks);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet18_cifar")]
    [InlineData("resnet50")]
    public void Training_gradients_are_torchvisions_when_computed_in_float64(string name)
    {
        using var scope = NewDisposeScope();
        var expected = Case(name);
        using var network = Create(expected);
        var order = Load(network, expected);
        network.to(ScalarType.Float64);
        network.train();
        // h itself stays float32: 6e-8, and as much in the gradient that enters from above.
        var x = Images(expected).to(ScalarType.Float64);
        Check(network, x, expected, "train", order, 1e-6, new GradientBounds(1e-6, 1e-6, 1e-6, 1e-6));
    }

    private static JsonElement Case(string name) => Cases.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private static uint Seed(JsonElement expected) => expected.GetProperty("seed").GetUInt32();

    private static ResNet Create(JsonElement expected) => new(
        new ResNetOptions
        {
            Name = expected.GetProperty("arch").GetString()!,
            Width = expected.GetProperty("width").GetDouble(),
            Stem = expected.GetProperty("stem").GetString() == "cifar" ? StemKind.Cifar : StemKind.ImageNet,
        },
        seed: 0);

    private static Tensor Images(JsonElement expected)
    {
        long[] shape = [.. expected.GetProperty("input_shape").EnumerateArray().Select(v => v.GetInt64())];
        var index = expected.GetProperty("input_tensor_index").GetUInt32();
        var pixels = HashedTensors.Image(Seed(expected), index, shape.Aggregate((a, b) => a * b));
        Assert.Equal(Numbers(expected.GetProperty("input_first_values")), pixels.Take(4).Select(v => (double)v));
        return tensor(pixels, shape);
    }

    private static List<string> Load(ResNet network, JsonElement expected)
    {
        using var frozen = no_grad();
        var state = network.state_dict();
        var order = new List<string>();
        var lastNorm = expected.GetProperty("last_bn").GetString()!;
        foreach (var entry in expected.GetProperty("tensor_order").EnumerateArray())
        {
            var (name, shape) = (entry[0].GetString()!, entry[1].EnumerateArray().Select(v => v.GetInt64()).ToArray());
            Assert.Equal(shape, state[name].shape);
            var values = HashedTensors.Parameter(Seed(expected), (uint)order.Count, name, shape, lastNorm);
            if (expected.GetProperty("first_values").TryGetProperty(name, out var first))
                Assert.Equal(Numbers(first), values.Take(2).Select(v => (double)v));
            using var source = tensor(values, shape);
            state[name].copy_(source);
            order.Add(name);
        }
        return order;
    }

    private static void Check(
        ResNet network, Tensor x, JsonElement expected, string mode, List<string> order, double tolerance, GradientBounds bounds)
    {
        using var scope = NewDisposeScope();
        var golden = expected.GetProperty("modes").GetProperty(mode);
        foreach (var parameter in network.parameters()) parameter.grad = null;
        var h = network.call(x);
        var loss = h.square().mean();
        loss.backward();

        CheckFeatures(h, golden, tolerance);
        Assert.Equal(1, loss.item<float>() / golden.GetProperty("loss").GetDouble(), tolerance / 2);
        CheckGradients(network.named_parameters(), golden.GetProperty("grads"), Seed(expected), order, bounds);
        if (mode == "train") CheckStatistics(network.state_dict(), golden.GetProperty("running_stats"), tolerance / 2);
    }

    private static void CheckFeatures(Tensor h, JsonElement golden, double tolerance)
    {
        var reference = Arrays.Float64(golden.GetProperty("h").GetString()!);
        var largest = golden.GetProperty("h_max_abs").GetDouble();
        Assert.All(h.data<float>().ToArray().Zip(reference), pair => Assert.Equal(pair.Second, pair.First, tolerance * largest));
    }

    private static void CheckGradients(
        IEnumerable<(string Name, Parameter Parameter)> parameters, JsonElement golden, uint seed, List<string> order,
        GradientBounds bounds)
    {
        var (normErrors, dotErrors) = (new List<double>(), new List<double>());
        foreach (var (name, parameter) in parameters)
        {
            using var scope = NewDisposeScope();
            var gradient = parameter.grad!.contiguous(); // row-major, as the probe is
            var index = (uint)order.IndexOf(name);
            var (norm, dot) = gradient.dtype == ScalarType.Float64
                ? HashedTensors.Measure(seed, index, gradient.data<double>().ToArray())
                : HashedTensors.Measure(seed, index, gradient.data<float>().ToArray());
            var reference = golden.GetProperty(name);
            normErrors.Add(Math.Abs(norm / reference[0].GetDouble() - 1));
            dotErrors.Add(Math.Abs(dot - reference[1].GetDouble()) / reference[0].GetDouble());
            Assert.True(normErrors[^1] <= bounds.Norm, $"{name}: the gradient's norm is off by {normErrors[^1]:e1}");
            Assert.True(dotErrors[^1] <= bounds.Dot, $"{name}: the gradient's direction is off by {dotErrors[^1]:e1}");
        }
        Assert.Equal(golden.EnumerateObject().Count(), normErrors.Count);
        Assert.InRange(normErrors.Order().ElementAt(normErrors.Count / 2), 0, bounds.MedianNorm);
        Assert.InRange(dotErrors.Order().ElementAt(dotErrors.Count / 2), 0, bounds.MedianDot);
    }

    private static void CheckStatistics(Dictionary<string, Tensor> state, JsonElement golden, double tolerance)
    {
        foreach (var statistic in golden.EnumerateObject())
        {
            using var values = state[statistic.Name].to(ScalarType.Float64);
            var norm = statistic.Value[0].GetDouble();
            Assert.Equal(1, values.norm().item<double>() / norm, tolerance);
            // The sum may cancel, so it is held to the largest sum that values of this norm could have.
            var largest = norm * Math.Sqrt(values.numel());
            Assert.Equal(statistic.Value[1].GetDouble(), values.sum().item<double>(), tolerance * largest);
        }
    }

    private static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(v => v.GetDouble());

    /// <summary>
    /// Relative errors allowed in every gradient's norm and in its product with the probe (as a part of the norm), and in their
    /// medians over the parameters.
    /// </summary>
    private sealed record GradientBounds(double Norm, double Dot, double MedianNorm, double MedianDot);
}
