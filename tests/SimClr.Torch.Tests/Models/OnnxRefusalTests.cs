using CsCheck;
using SimClr.Models;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Torch.Tests.Onnx;

namespace SimClr.Torch.Tests.Models;

/// <summary>ONNX files that hold no network of ours are refused with the reason.</summary>
public sealed class OnnxRefusalTests : IDisposable
{
    private static readonly ResNetOptions Small = new() { Width = 0.25, Stem = StemKind.Cifar };

    private readonly TemporaryFolder _folder = new();

    public OnnxRefusalTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Convolutions_in_groups_are_refused() =>
        Refused(new(Encoder()) { More = [ForeignOnnx.Number("group", 2)] }, "grouped convolutions");

    [Fact]
    public void Dilated_convolutions_are_refused() =>
        Refused(new(Encoder()) { More = [ForeignOnnx.Numbers("dilations", 2, 2)] }, "dilated convolutions");

    [Fact]
    public void The_padding_of_TensorFlow_is_refused() =>
        Refused(new(Encoder()) { More = [ForeignOnnx.Text("auto_pad", "SAME_UPPER")] }, "with stride 2 in another way");

    [Fact]
    public void Strides_in_the_first_convolution_of_bottlenecks_are_refused() =>
        Refused(new(Encoder(Small with { Name = "resnet50" })) { FirstVersion = true }, "of the first version");

    [Fact]
    public void Something_else_before_the_first_convolution_is_refused() => Refused(
        new(Encoder()) { Preprocessing = (graph, input) => graph.Node("Softmax", [input]) },
        "gives the image to Softmax before its first convolution");

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Another_number_of_channels_is_refused(int channels) => Refused(
        new(Encoder())
        {
            Preprocessing = (graph, input) => graph.Node("Gather",
                [input, graph.Indices([.. Enumerable.Repeat(0L, channels)])], ForeignOnnx.Number("axis", 1)),
        },
        $"gives {channels} channels to its first convolution, not three");

    [Fact]
    public void Blocks_that_go_in_a_circle_are_refused() =>
        Refused(new(Encoder()) { IsCircular = true }, "residual blocks that go in a circle");

    [Fact]
    public void A_normalization_without_a_name_is_refused_with_its_figures() => Refused(
        new(Encoder())
        {
            Preprocessing = (graph, input) =>
                graph.Node("Div", [graph.Node("Sub", [input, graph.Constant([0.3f])]), graph.Constant([0.7f])]),
        },
        "by the mean 0.3, 0.3, 0.3 and the deviation 0.7, 0.7, 0.7");

    [Fact]
    public void A_graph_that_prepares_its_images_need_not_be_told_how()
    {
        new ForeignOnnx(Encoder()) { Preprocessing = (graph, input) => graph.Node("Mul", [input, graph.Constant([255f])]) }
            .Write(_folder.At("a.onnx"));
        var error = Assert.Throws<WeightsException>(() =>
            RunWeights.Import(_folder.At("a.onnx"), _folder.At("run"), new() { Input = new() }));
        Assert.Contains("must not be told", error.Message);
        var contradiction = Assert.Throws<SettingsException>(() => RunWeights.Import(
            _folder.At("a.onnx"), _folder.At("run"), new() { Normalization = NormalizationKind.Cifar10 }));
        Assert.Contains("Normalization must be none or left open", contradiction.Message);
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    [Fact]
    public void A_deviation_of_zero_is_refused()
    {
        var error = Assert.Throws<SettingsException>(() => RunWeights.Import(
            _folder.At("a.onnx"), _folder.At("run"), new() { Input = new() { Deviation = new(1, 0, 1) } }));
        Assert.Contains("Input.Deviation must be above 0", error.Message);
    }

    [Fact]
    public void Other_files_are_not_taken_for_networks()
    {
        File.WriteAllText(_folder.At("a.onnx"), "<html>Not found</html>");
        Assert.Contains("is no ONNX file", Assert.Throws<WeightsException>(() => Recognize()).Message);
        File.WriteAllBytes(_folder.At("a.onnx"), []);
        Assert.Contains("it holds no graph", Assert.Throws<WeightsException>(() => Recognize()).Message);
        File.Delete(_folder.At("a.onnx"));
        Assert.Contains("cannot be read", Assert.Throws<WeightsException>(() => Recognize()).Message);
    }

    [Fact]
    public void Damaged_files_are_refused_or_read_but_nothing_else_happens()
    {
        new ForeignOnnx(Encoder()) { Side = 16 }.Write(_folder.At("whole.onnx"));
        var whole = File.ReadAllBytes(_folder.At("whole.onnx"));
        var head = whole.Length / 50; // nodes come first, values of kernels are dull
        var places = Gen.Select(Gen.Int[0, head], Gen.Byte, Gen.Int[0, 3]);
        Gen.Select(places.Array[1, 4], Gen.Int[1, whole.Length]).Sample((changes, length) =>
        {
            var bytes = whole[..(length % 3 == 0 ? length : whole.Length)];
            foreach (var (place, value, _) in changes)
                if (place < bytes.Length) bytes[place] = value;
            var path = _folder.At($"{Guid.NewGuid():N}.onnx");
            File.WriteAllBytes(path, bytes);
            try
            {
                using var encoder = new ResNet(EncoderWeights.Recognize(path), seed: 1);
                EncoderWeights.Load(encoder, path);
            }
            catch (WeightsException)
            {
                // as it should be
            }
            finally
            {
                File.Delete(path);
            }
        }, iter: 300, threads: 1);
    }

    private static ResNet Encoder(ResNetOptions? options = null) => new(options ?? Small, seed: 1);

    private ResNetOptions Recognize() => EncoderWeights.Recognize(_folder.At("a.onnx"));

    private void Refused(ForeignOnnx foreign, string reason)
    {
        foreign.Write(_folder.At("a.onnx"));
        var error = Assert.Throws<WeightsException>(() => Recognize());
        Assert.Contains(reason, error.Message);
        Assert.StartsWith(_folder.At("a.onnx"), error.Message);
    }
}
