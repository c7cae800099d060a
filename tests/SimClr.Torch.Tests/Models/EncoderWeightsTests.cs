using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

public sealed class EncoderWeightsTests : IDisposable
{
    private static readonly ResNetOptions Small = new() { Width = 0.25, Stem = StemKind.Cifar };

    private static readonly ResNetOptions SmallSelective = new() { Name = "resnet50", Width = 0.25, SelectiveKernels = true };

    private readonly TemporaryFolder _folder = new();

    public EncoderWeightsTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, double, StemKind, bool> Networks => new()
    {
        { "resnet18", 1, StemKind.ImageNet, false },
        { "resnet18", 0.25, StemKind.Cifar, false },
        { "resnet34", 0.5, StemKind.Cifar, false },
        { "resnet50", 0.25, StemKind.ImageNet, false },
        { "resnet50", 0.75, StemKind.Cifar, false },
        { "resnet101", 0.25, StemKind.ImageNet, false },
        { "resnet152", 0.25, StemKind.Cifar, false },
        { "resnet50", 0.25, StemKind.ImageNet, true },
        { "resnet101", 0.5, StemKind.Cifar, true },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_is_recognized_from_its_tensors(string name, double width, StemKind stem, bool selective)
    {
        var options = new ResNetOptions { Name = name, Width = width, Stem = stem, SelectiveKernels = selective };
        using var network = new ResNet(options, seed: 1);
        ModuleWeights.Save(network, _folder.At("a"));
        Assert.Equal(options, EncoderWeights.Recognize(_folder.At("a")));
    }

    public static TheoryData<string> Dialects => ["", "module.", "backbone.", "module.encoder_q.", "numbered", "shortcut"];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_names_of_common_python_code_lead_to_the_same_weights(string dialect)
    {
        using var scope = NewDisposeScope();
        var source = new ResNet(Small, seed: 1);
        var prefix = dialect switch { "numbered" => "backbone.", "shortcut" => "encoder.", _ => dialect };
        var tensors = source.state_dict().Select(t => (prefix + Translate(dialect, t.Key), t.Value)).ToList();
        tensors.Add(("fc.weight", zeros(10, 128)));
        tensors.Add(("projector.0.weight", zeros(128, 128)));
        SafeTensors.Write(_folder.At("a"), tensors);

        var target = new ResNet(Small, seed: 2);
        var report = EncoderWeights.Load(target, _folder.At("a"));
        Assert.True(report.Fits);
        Assert.Equal((Small, prefix, 100), (report.Network, report.Prefix, report.Matched.Count));
        var others = report.Ignored.Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        Assert.Equal(["fc.weight", "projector.0.weight"], others.Order());
        Assert.Equal(20, report.Ignored.Count - 2);
        var expected = source.state_dict();
        foreach (var (name, tensor) in target.state_dict())
            Assert.True(tensor.eq(expected[name]).all().item<bool>() || name.EndsWith("tracked", StringComparison.Ordinal), name);
    }

    [Fact]
    public void Half_precision_files_are_read_into_float32()
    {
        using var scope = NewDisposeScope();
        var source = new ResNet(Small, seed: 1);
        SafeTensors.Write(_folder.At("a"), source.state_dict().Select(t => (t.Key, t.Value.to(float16))));
        var target = new ResNet(Small, seed: 2);
        EncoderWeights.Load(target, _folder.At("a"));
        var read = target.state_dict()["layer4.1.conv2.weight"];
        Assert.Equal(ScalarType.Float32, read.dtype);
        Assert.True(read.eq(source.state_dict()["layer4.1.conv2.weight"].to(float16).to(float32)).all().item<bool>());
    }

    [Theory]
    [InlineData("resnet34", 0.25, StemKind.Cifar, "looks like resnet34 of width 0.25 with the CIFAR stem")]
    [InlineData("resnet18", 0.5, StemKind.Cifar, "looks like resnet18 of width 0.5 with the CIFAR stem")]
    [InlineData("resnet18", 0.25, StemKind.ImageNet, "looks like resnet18 of width 0.25 with the ImageNet stem")]
    public void Another_depth_width_or_stem_is_told_in_one_line_and_nothing_is_changed(
        string name, double width, StemKind stem, string words)
    {
        using var scope = NewDisposeScope();
        ModuleWeights.Save(new ResNet(new ResNetOptions { Name = name, Width = width, Stem = stem }, seed: 1), _folder.At("a"));
        var encoder = new ResNet(Small, seed: 2);
        var before = encoder.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        var error = Assert.Throws<WeightsException>(() => EncoderWeights.Load(encoder, _folder.At("a")));
        Assert.Equal($"{_folder.At("a")}: {words}, and the encoder is resnet18 of width 0.25 with the CIFAR stem", error.Message);
        Assert.All(encoder.state_dict(), t => Assert.True(t.Value.eq(before[t.Key]).all().item<bool>(), t.Key));
        Assert.False(EncoderWeights.Compare(encoder, _folder.At("a")).Fits);
    }

    [Fact]
    public void What_a_file_lacks_and_what_has_another_shape_is_listed()
    {
        using var scope = NewDisposeScope();
        var encoder = new ResNet(Small, seed: 1);
        SafeTensors.Write(_folder.At("a"), encoder.state_dict().Where(t => t.Key != "layer3.0.bn1.bias")
            .Select(t => (t.Key, t.Key == "layer2.0.bn1.weight" ? ones(7) : t.Value)));
        var report = EncoderWeights.Compare(encoder, _folder.At("a"));
        Assert.Equal(["layer3.0.bn1.bias"], report.Missing);
        Assert.Equal(["layer2.0.bn1.weight is [7] in the file and [32] in the module"], report.Mismatched);
        Assert.Equal(98, report.Matched.Count);
        var error = Assert.Throws<WeightsException>(() => EncoderWeights.Load(encoder, _folder.At("a")));
        Assert.Contains("does not fit it: missing layer3.0.bn1.bias; different layer2.0.bn1.weight", error.Message);
    }

    [Theory]
    [InlineData("layer1.0.conv1.weight", null, "holds no ResNet")]
    [InlineData("conv1.weight", null, "another stem")]
    [InlineData("conv1.weight", "16,1,3,3", "images of 1 channels")]
    [InlineData("conv1.weight", "16,3,5,5", "a stem of 5x5")]
    [InlineData("conv1.weight", "8,3,3,3", "a wide ResNet: 16 channels inside its first blocks behind a stem of 8")]
    [InlineData("layer1.0.conv2.weight", "16,4,3,3", "a ResNeXt")]
    [InlineData("layer1.1.conv1.weight", null, "a ResNet of 1-2-2-2 basic blocks")]
    [InlineData("layer1.0.se.fc1.weight", "1", "parts that are not known here, such as layer1.0.se.fc1.weight")]
    [InlineData("layer1.0.conv1.bias", "16", "such as layer1.0.conv1.bias")]
    public void A_file_with_another_network_says_what_it_looks_like(string name, string? shape, string words)
    {
        using var scope = NewDisposeScope();
        var tensors = new ResNet(Small, seed: 1).state_dict();
        tensors.Remove(name);
        if (shape is not null) tensors[name] = zeros([.. shape.Split(',').Select(long.Parse)]);
        SafeTensors.Write(_folder.At("a"), tensors.Select(t => (t.Key, t.Value)));
        var error = Assert.Throws<WeightsException>(() => EncoderWeights.Recognize(_folder.At("a")));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layer1.0.select.", "", null, "a ResNet-D")]
    [InlineData("conv1.0.weight", "conv1.0.weight", "8,1,3,3", "images of 1 channels")]
    [InlineData("conv1.6.weight", "", null, "another stem")]
    [InlineData("conv1.", "conv1.weight", "16,3,7,7", "selective kernels behind a stem of 7x7")]
    [InlineData("layer1.0.conv3.", "", null, "selective kernels in basic blocks")]
    [InlineData("layer1.0.conv2.weight", "layer1.0.conv2.weight", "32,4,3,3", "a ResNeXt")]
    [InlineData("layer1.0.conv2.weight", "layer1.0.conv2.weight", "64,32,3,3", "a wide ResNet: 32 channels")]
    [InlineData("none", "layer1.0.select.conv1.bias", "16", "such as layer1.0.select.conv1.bias")]
    [InlineData("none", "conv1.2.weight", "16", "such as conv1.2.weight")]
    public void Another_network_with_selective_kernels_says_what_it_looks_like(
        string without, string name, string? shape, string words)
    {
        using var scope = NewDisposeScope();
        var tensors = new ResNet(SmallSelective, seed: 1).state_dict()
            .Where(t => !t.Key.StartsWith(without, StringComparison.Ordinal)).Select(t => (t.Key, t.Value)).ToList();
        if (shape is not null) tensors.Add((name, zeros([.. shape.Split(',').Select(long.Parse)])));
        SafeTensors.Write(_folder.At("a"), tensors);
        var error = Assert.Throws<WeightsException>(() => EncoderWeights.Recognize(_folder.At("a")));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_three_convolutions_of_a_stem_are_found_under_numbered_names_too()
    {
        using var scope = NewDisposeScope();
        var source = new ResNet(SmallSelective, seed: 1);
        SafeTensors.Write(_folder.At("a"), source.state_dict().Select(t => (Translate("numbered", t.Key), t.Value)));
        var target = new ResNet(SmallSelective, seed: 2);
        Assert.True(EncoderWeights.Load(target, _folder.At("a")).Fits);
        foreach (var name in new[] { "conv1.0.weight", "conv1.6.weight", "layer4.2.select.conv2.weight" })
            Assert.True(target.state_dict()[name].eq(source.state_dict()[name]).all().item<bool>(), name);
    }

    [Fact]
    public void Selective_kernels_are_named_where_they_make_the_difference()
    {
        using var scope = NewDisposeScope();
        ModuleWeights.Save(new ResNet(SmallSelective, seed: 1), _folder.At("a"));
        var encoder = new ResNet(SmallSelective with { SelectiveKernels = false }, seed: 2);
        var error = Assert.Throws<WeightsException>(() => EncoderWeights.Load(encoder, _folder.At("a")));
        Assert.EndsWith("looks like resnet50 of width 0.25 with selective kernels and the ImageNet stem, and the encoder is "
            + "resnet50 of width 0.25 with the ImageNet stem", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Among_several_networks_the_prefix_chooses()
    {
        using var scope = NewDisposeScope();
        var (query, key) = (new ResNet(Small, seed: 1), new ResNet(Small, seed: 2));
        SafeTensors.Write(_folder.At("a"), query.state_dict().Select(t => ("encoder_q." + t.Key, t.Value))
            .Concat(key.state_dict().Select(t => ("encoder_k." + t.Key, t.Value))));
        var unclear = Assert.Throws<WeightsException>(() => EncoderWeights.Recognize(_folder.At("a")));
        Assert.Contains("holds several ResNets, behind 'encoder_q.' and 'encoder_k.'", unclear.Message, StringComparison.Ordinal);
        var wrong = Assert.Throws<WeightsException>(() => EncoderWeights.Recognize(_folder.At("a"), "model"));
        Assert.Contains("no ResNet behind the prefix 'model.'; there is one behind", wrong.Message, StringComparison.Ordinal);

        var target = new ResNet(Small, seed: 3);
        EncoderWeights.Load(target, _folder.At("a"), "encoder_k");
        Assert.True(target.state_dict()["conv1.weight"].eq(key.state_dict()["conv1.weight"]).all().item<bool>());
    }

    [Fact]
    public void Loading_leaves_no_tensors_behind()
    {
        using var encoder = new ResNet(Small, seed: 1);
        ModuleWeights.Save(encoder, _folder.At("a"));
        EncoderWeights.Load(encoder, _folder.At("a"));
        var before = LiveTensors.Count();
        EncoderWeights.Load(encoder, _folder.At("a"));
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static string Translate(string dialect, string name)
    {
        if (dialect == "shortcut") return name.Replace("downsample", "shortcut", StringComparison.Ordinal);
        if (dialect != "numbered") return name;
        string[] children = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"];
        var part = name.Split('.')[0];
        return Array.IndexOf(children, part) + name[part.Length..];
    }
}
