using SimClr.Models;
using SimClr.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public class ProjectionHeadTests
{
    public ProjectionHeadTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void The_nonlinear_head_is_linear_norm_relu_linear_norm()
    {
        using var scope = NewDisposeScope();
        using var head = new ProjectionHead(new ProjectionHeadOptions { OutputDimension = 5 }, inputDimension: 7, seed: 3);
        var h = Representations(6, 7);
        var state = head.state_dict();
        using (no_grad())
        {
            state["bn1.weight"].copy_(linspace(0.5, 2, 7));
            state["bn1.bias"].copy_(linspace(-1, 1, 7));
            state["bn2.weight"].copy_(linspace(2, 1, 5));
        }
        var hidden = Normalized(h.mm(state["linear1.weight"].t())) * state["bn1.weight"] + state["bn1.bias"];
        var expected = Normalized(hidden.clamp_min(0).mm(state["linear2.weight"].t())) * state["bn2.weight"];
        // ε = 1e-5 matters for variances of about 1e-4 (weights have deviation 0.01) and must be right; float32 otherwise.
        Assert.InRange((head.call(h) - expected).abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Three_layers_give_what_lies_between_them()
    {
        using var scope = NewDisposeScope();
        var options = new ProjectionHeadOptions { Layers = 3, HiddenDimension = 6, OutputDimension = 5 };
        using var head = new ProjectionHead(options, inputDimension: 7, seed: 3);
        head.to(ScalarType.Float64);
        var h = Representations(8, 7).to(ScalarType.Float64);
        var state = head.state_dict();
        using (no_grad())
        {
            state["bn1.bias"].copy_(linspace(-1, 1, 6));
            state["bn2.bias"].copy_(linspace(1, -1, 6));
        }
        Tensor Layer(Tensor x, int layer) => Normalized(x.mm(state[$"linear{layer}.weight"].t()));
        var first = (Layer(h, 1) + state["bn1.bias"]).clamp_min(0);
        var second = (Layer(first, 2) + state["bn2.bias"]).clamp_min(0);
        Tensor[] expected = [h, first, second, Layer(second, 3)];

        Assert.Equal(3, head.LayerCount);
        Assert.Equal([7, 6, 6, 5], Enumerable.Range(0, 4).Select(head.Dimension));
        for (var layer = 0; layer <= 3; layer++)
        {
            var features = head.Features(h, layer);
            Assert.Equal([8, head.Dimension(layer)], features.shape);
            Assert.InRange((features - expected[layer]).abs().max().item<double>(), 0, 1e-6); // features are rounded to float32
        }
        Assert.True(head.call(h).equal(head.Features(h, 3)).all().item<bool>());
        Assert.Throws<ArgumentOutOfRangeException>(() => head.Features(h, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => head.Dimension(-1));
    }

    [Fact]
    public void Features_of_layer_0_are_h_itself_in_a_tensor_of_its_own()
    {
        using var scope = NewDisposeScope();
        using var head = new ProjectionHead(new ProjectionHeadOptions(), inputDimension: 7, seed: 3);
        var h = Representations(6, 7);
        var features = head.Features(h, 0);
        Assert.True(features.equal(h).all().item<bool>());
        features.Dispose();
        Assert.Equal(6, h.shape[0]);
        Assert.Equal(0, head.state_dict()["bn1.num_batches_tracked"].item<long>()); // no layer has run
    }

    [Fact]
    public void The_linear_head_is_linear_and_norm_and_the_identity_nothing()
    {
        using var scope = NewDisposeScope();
        var h = Representations(6, 7);
        var options = new ProjectionHeadOptions { Kind = ProjectionHeadKind.Linear, OutputDimension = 5 };
        using var linear = new ProjectionHead(options, inputDimension: 7, seed: 3);
        var expected = Normalized(h.mm(linear.state_dict()["linear1.weight"].t()));
        Assert.InRange((linear.call(h) - expected).abs().max().item<float>(), 0, 1e-4);

        using var identity = new ProjectionHead(options with { Kind = ProjectionHeadKind.Identity }, inputDimension: 7, seed: 3);
        Assert.Equal(7, identity.OutputDimension);
        Assert.Empty(identity.state_dict());
        var z = identity.call(h);
        Assert.True(z.equal(h).all().item<bool>());
        z.Dispose();
        Assert.Equal(6, h.shape[0]); // z was a tensor of its own
    }

    [Fact]
    public void State_names_are_clear_and_the_last_norm_has_no_shift()
    {
        string[] Names(ProjectionHeadKind kind, int layers = 2)
        {
            using var head = new ProjectionHead(new ProjectionHeadOptions { Kind = kind, Layers = layers }, 8, seed: 1);
            return [.. head.named_parameters().Select(p => p.name).Order()];
        }
        Assert.Equal(
            ["bn1.bias", "bn1.weight", "bn2.weight", "linear1.weight", "linear2.weight"],
            Names(ProjectionHeadKind.Nonlinear));
        Assert.Equal(["bn1.weight", "linear1.weight"], Names(ProjectionHeadKind.Linear));
        Assert.Equal(
            [
                "bn1.bias", "bn1.weight", "bn2.bias", "bn2.weight", "bn3.weight",
                "linear1.weight", "linear2.weight", "linear3.weight",
            ],
            Names(ProjectionHeadKind.Nonlinear, layers: 3));
    }

    [Fact]
    public void Weights_are_normal_with_deviation_0_01_and_a_function_of_the_seed()
    {
        using var scope = NewDisposeScope();
        Tensor Weight(ulong seed)
        {
            var options = new ProjectionHeadOptions { HiddenDimension = 300 };
            return new ProjectionHead(options, 512, seed).state_dict()["linear1.weight"];
        }
        var weight = Weight(1);
        Assert.Equal([300, 512], weight.shape);
        var n = weight.numel();
        Assert.Equal(0, weight.mean().item<float>(), 5 * 0.01 / Math.Sqrt(n)); // five standard errors
        Assert.Equal(1, weight.std().item<float>() / 0.01, 5 / Math.Sqrt(2 * n));
        Assert.InRange(weight.abs().max().item<float>(), 0.035f, 0.06f); // not truncated: of 153,600 values some exceed 3.5σ
        Assert.True(weight.equal(Weight(1)).all().item<bool>());
        Assert.False(weight.equal(Weight(2)).any().item<bool>());
    }

    [Fact]
    public void Bfloat16_goes_in_and_float32_comes_out_close_by()
    {
        using var scope = NewDisposeScope();
        using var head = new ProjectionHead(new ProjectionHeadOptions(), 32, seed: 1);
        var h = Representations(64, 32);
        var (exact, rounded) = (head.call(h), head.call(h.to(ScalarType.BFloat16)));
        Assert.Equal(ScalarType.Float32, rounded.dtype);
        // Some six roundings of up to 2⁻⁹ each.
        Assert.InRange((exact - rounded).norm().item<float>() / exact.norm().item<float>(), 1e-5, 0.015);
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        ProjectionHeadOptions[] wrong =
        [
            new() { OutputDimension = 0 }, new() { HiddenDimension = 0 }, new() { Kind = (ProjectionHeadKind)5 },
            new() { Layers = 1 }, new() { Layers = 5 },
        ];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => options.Validated()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProjectionHead(new ProjectionHeadOptions(), 0, seed: 1));
    }

    private static Tensor Representations(int rows, int columns) =>
        arange(rows * columns, dtype: ScalarType.Float32).mul(1.3f).sin().reshape(rows, columns);

    /// <summary>Batch norm with biased variance, as in training.</summary>
    private static Tensor Normalized(Tensor x)
    {
        var centered = x - x.mean([0], keepdim: true);
        return centered / (centered.square().mean([0], keepdim: true) + 1e-5).sqrt();
    }
}
