using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public sealed class ModuleWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simclr-weights-").FullName;

    public ModuleWeightsTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private static bool Same(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return a.eq(b).all().item<bool>();
    }

    private static Sequential Net(int channels = 4, bool withBias = true) => nn.Sequential(
        ("conv1", nn.Conv2d(3, channels, 3, bias: withBias)), ("bn1", nn.BatchNorm2d(channels)), ("flat", nn.Flatten()));

    [Fact]
    public void Saved_weights_load_into_another_module_which_then_computes_the_same()
    {
        using var source = Net();
        using var target = Net();
        using var x = randn(2, 3, 5, 5);
        using (var outer = NewDisposeScope()) source.forward(x); // moves the running statistics off their defaults
        ModuleWeights.Save(source, At("a"), new Dictionary<string, string> { ["encoder"] = "tiny" });
        ModuleWeights.Load(target, At("a"));

        source.eval();
        target.eval();
        using var scope = NewDisposeScope();
        Assert.Equal(source.forward(x).data<float>().ToArray(), target.forward(x).data<float>().ToArray());
        using var file = SafeTensors.Read(At("a"));
        Assert.Equal("tiny", file.Metadata["encoder"]);
        string[] names = ["bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.weight", "conv1.bias", "conv1.weight"];
        Assert.Equal(names, file.Names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Batch_counts_are_written_on_request_and_optional_when_read()
    {
        using var net = Net();
        ModuleWeights.Save(net, At("with"), includeBatchCounts: true);
        using (var file = SafeTensors.Read(At("with"))) Assert.Equal(ScalarType.Int64, file.DType("bn1.num_batches_tracked"));
        using var target = Net();
        ModuleWeights.Load(target, At("with"));

        using var norm = nn.Sequential(("bn1", nn.GroupNorm(1, 4)));
        using var scope = NewDisposeScope();
        SafeTensors.Write(At("extra"), [("bn1.weight", ones(4)), ("bn1.bias", ones(4)), ("bn1.num_batches_tracked", tensor(1L))]);
        ModuleWeights.Load(norm, At("extra"));
        Assert.Equal([1f, 1, 1, 1], norm.get_parameter("bn1.bias")!.data<float>().ToArray());
    }

    [Fact]
    public void Loading_keeps_element_type_strides_and_gradient_flags()
    {
        using var source = Net();
        using var target = Net();
        var weight = target.get_parameter("conv1.weight")!;
        using (no_grad())
        using (var scope = NewDisposeScope())
            weight.set_(weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)); // [4, 3, 3, 3], channels last
        var strides = weight.stride();
        ModuleWeights.Save(source, At("a"));
        ModuleWeights.Load(target, At("a"));

        Assert.Equal(strides, weight.stride());
        Assert.True(weight.requires_grad);
        Assert.True(Same(weight, source.get_parameter("conv1.weight")!));
    }

    [Fact]
    public void Half_precision_modules_are_written_as_float32_and_read_back_exactly()
    {
        using var source = Net();
        source.to(bfloat16);
        ModuleWeights.Save(source, At("a"));
        using (var file = SafeTensors.Read(At("a"))) Assert.Equal(ScalarType.Float32, file.DType("conv1.weight"));
        using var target = Net();
        target.to(bfloat16);
        ModuleWeights.Load(target, At("a"));
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.BFloat16, target.get_parameter("conv1.weight")!.dtype);
        Assert.True(Same(target.get_parameter("conv1.weight")!, source.get_parameter("conv1.weight")!));
    }

    [Fact]
    public void What_does_not_fit_is_listed_and_nothing_is_changed()
    {
        using var wide = Net(channels: 8);
        using var noBias = Net(withBias: false);
        ModuleWeights.Save(wide, At("wide"));
        ModuleWeights.Save(noBias, At("no-bias"));
        using var net = Net();
        using var scope = NewDisposeScope();
        var before = net.get_parameter("bn1.weight")!.clone();

        var shapes = Assert.Throws<WeightsException>(() => ModuleWeights.Load(net, At("wide")));
        var expected = "conv1.weight is [8, 3, 3, 3] in the file and [4, 3, 3, 3] in the module";
        Assert.Contains(expected, shapes.Message, StringComparison.Ordinal);
        Assert.Contains("and 2 more", shapes.Message, StringComparison.Ordinal);
        var missing = Assert.Throws<WeightsException>(() => ModuleWeights.Load(net, At("no-bias")));
        Assert.Contains("missing conv1.bias", missing.Message, StringComparison.Ordinal);
        ModuleWeights.Save(net, At("net"));
        var unexpected = Assert.Throws<WeightsException>(() => ModuleWeights.Load(noBias, At("net")));
        Assert.Contains("unexpected conv1.bias", unexpected.Message, StringComparison.Ordinal);
        Assert.True(Same(net.get_parameter("bn1.weight")!, before));
    }

    [Fact]
    public void Saving_and_loading_leave_no_tensors_behind()
    {
        using var net = Net();
        ModuleWeights.Save(net, At("a"));
        var before = LiveTensors.Count();
        ModuleWeights.Save(net, At("a"), includeBatchCounts: true);
        ModuleWeights.Load(net, At("a"));
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Files_are_plain_safetensors()
    {
        using var net = Net();
        ModuleWeights.Save(net, At("a"));
        var written = Golden.ArraysAt(At("a")).Float32("conv1.weight");
        Assert.Equal(net.get_parameter("conv1.weight")!.data<float>().ToArray(), written);
    }
}
