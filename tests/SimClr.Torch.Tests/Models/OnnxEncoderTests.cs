using SimClr.Augmentation;
using SimClr.Models;
using SimClr.Native;
using SimClr.Onnx;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Torch.Tests.Onnx;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

/// <summary>ResNets from ONNX files compute what ONNX Runtime computes from the same file.</summary>
public sealed class OnnxEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OnnxEncoderTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, double, StemKind> Networks => new()
    {
        { "resnet18", 0.25, StemKind.Cifar },
        { "resnet18-cntk", 0.25, StemKind.ImageNet },
        { "resnet34", 0.25, StemKind.ImageNet },
        { "resnet50", 0.25, StemKind.Cifar },
        { "resnet101", 0.25, StemKind.ImageNet },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Networks_with_batch_norms_apart_are_recognized_by_their_structure(string name, double width, StemKind stem)
    {
        var options = new ResNetOptions { Name = name, Width = width, Stem = stem };
        using var encoder = TrainedLook.Encoder(options);
        new ForeignOnnx(encoder) { Side = 64, LessAtTheEnd = 1 }.Write(_folder.At("a.onnx"));
        Assert.Equal(options, EncoderWeights.Recognize(_folder.At("a.onnx")));
        using var read = new ResNet(options, seed: 3);
        var report = EncoderWeights.Load(read, _folder.At("a.onnx"));
        Assert.True(report.Fits);
        read.eval();
        var images = Noise(2, 3, 64, 64);
        FeatureAssert.Close(Runtime("a.onnx", images), Features(read, images), 1e-4, name);
    }

    [Fact]
    public void Another_epsilon_is_taken_up_by_the_scales()
    {
        using var encoder = TrainedLook.Encoder(new() { Width = 0.25, Stem = StemKind.Cifar });
        new ForeignOnnx(encoder) { Side = 24, Epsilon = 0.5f }.Write(_folder.At("a.onnx"));
        using var read = Read("a.onnx");
        var images = Noise(2, 3, 24, 24);
        var expected = Runtime("a.onnx", images);
        FeatureAssert.Close(expected, Features(read, images), 1e-4, "epsilon");
        Assert.NotInRange(expected.Zip(Features(encoder, images)).Max(p => Math.Abs(p.First - p.Second)), 0, 0.05);
    }

    [Theory]
    [InlineData("split")]
    [InlineData("gather")]
    [InlineData("red")]
    [InlineData("unit")]
    [InlineData("half")]
    [InlineData("rows")]
    public void What_a_graph_does_to_pixels_goes_into_the_normalization_and_the_first_kernel(string form)
    {
        using var encoder = TrainedLook.Encoder(new() { Width = 0.25, Stem = StemKind.Cifar });
        var (mean, deviation) = form == "half" ? (new float[] { 0.5f, 0.5f, 0.5f }, new float[] { 0.5f, 0.5f, 0.5f })
            : (new float[] { 0.485f, 0.456f, 0.406f }, new float[] { 0.229f, 0.224f, 0.225f });
        new ForeignOnnx(encoder)
        {
            Side = 24,
            IsBytes = form == "rows",
            Preprocessing = (graph, input) => form switch
            {
                "split" => graph.Node("Sub", [
                    graph.Node("Concat", [.. graph.Node("Split", [input], 3, ForeignOnnx.Number("axis", 1)).Reverse()],
                        ForeignOnnx.Number("axis", 1)),
                    graph.Constant([.. mean.Reverse().SelectMany(m => Enumerable.Repeat(255 * m, 24 * 24))], 1, 3, 24, 24)]),
                "gather" => graph.Node("Gather", [input, graph.Indices(2, 1, 0)], ForeignOnnx.Number("axis", 1)),
                "red" => graph.Node("Gather", [input, graph.Indices(0, 0, 0)], ForeignOnnx.Number("axis", 1)),
                "rows" => graph.Node("Div", [
                    graph.Node("Sub", [
                        graph.Node("Transpose", [
                            graph.Node("Div", [
                                graph.Node("Cast", [input], ForeignOnnx.Number("to", 1)), graph.Constant([255f])])],
                            ForeignOnnx.Numbers("perm", 0, 3, 1, 2)),
                        graph.Constant(mean, 3, 1, 1)]),
                    graph.Constant(deviation, 3, 1, 1)]),
                _ => graph.Node("Div", [
                    graph.Node("Sub", [input, graph.Constant(mean, 1, 3, 1, 1)]), graph.Constant(deviation, 1, 3, 1, 1)]),
            },
        }.Write(_folder.At("a.onnx"));
        var bytes = new byte[2 * 24 * 24 * 3]; // rows
        new Random(5).NextBytes(bytes);
        var imported = RunWeights.Import(_folder.At("a.onnx"), _folder.At("run"));
        var normalization = imported.Options.Model.Normalization;
        Assert.Equal(form switch
        {
            "half" => NormalizationKind.Half,
            "gather" or "red" => NormalizationKind.Cifar10, // nothing is said: as usual with the stem
            _ => NormalizationKind.ImageNet,
        }, normalization);
        Assert.Equal(24, imported.Options.Model.ImageSize.Last);

        using var scope = NewDisposeScope();
        var planes = tensor(bytes).view(2, 24, 24, 3).permute(0, 3, 1, 2).to(float32).contiguous();
        var unit = Scaled(planes, new(0, 0, 0), new(255, 255, 255));
        var expected = form switch
        {
            "rows" => Runtime("a.onnx", bytes, 2, 24, 24, 3),
            "split" => Runtime("a.onnx", planes),
            _ => Runtime("a.onnx", form is "gather" or "red" ? Normalized(unit, Normalization.Cifar10) : unit),
        };
        using var read = new ResNet(imported.Options.Model.ToResNet(), seed: 1);
        ModuleWeights.Load(read, RunFolder.Open(_folder.At("run")).Encoder);
        read.eval();
        var ours = Features(read, Normalized(unit, imported.Options.Model.ToNormalization()));
        FeatureAssert.Close(expected, ours, 1e-4, form);
    }

    [Fact]
    public void What_is_done_outside_of_the_graph_can_be_told()
    {
        using var encoder = TrainedLook.Encoder(new() { Width = 0.25, Stem = StemKind.ImageNet });
        new ForeignOnnx(encoder) { Side = 64 }.Write(_folder.At("a.onnx"));
        using var scope = NewDisposeScope();
        var unit = Noise(2, 3, 64, 64).sigmoid();
        var input = new NetworkInput { Mean = new(123.675f, 116.28f, 103.53f), Deviation = new(50, 60, 70), IsBlueFirst = true };
        var bytes = Scaled(unit, new(0, 0, 0), new(1 / 255f, 1 / 255f, 1 / 255f));
        var expected = Runtime("a.onnx", Scaled(bytes, input.Mean, input.Deviation).flip(1).contiguous());
        var imported = RunWeights.Import(_folder.At("a.onnx"), _folder.At("run"), new ImportOptions { Input = input });
        var model = imported.Options.Model;
        Assert.Equal((NormalizationKind.ImageNet, 64), (model.Normalization, model.ImageSize.Last));
        using var read = new ResNet(imported.Options.Model.ToResNet(), seed: 1);
        ModuleWeights.Load(read, RunFolder.Open(_folder.At("run")).Encoder);
        read.eval();
        FeatureAssert.Close(expected, Features(read, Normalized(unit, Normalization.ImageNet)), 1e-4, "told");
    }

    [Theory]
    [InlineData("fp32", "pixels")]
    [InlineData("fp32", "normalized")]
    [InlineData("fp16", "pixels")]
    public void What_we_export_is_imported_again(string precision, string input)
    {
        var settings = new PretrainingOptions
        {
            Model = new() { Width = 0.25, ImageSize = 20, Normalization = NormalizationKind.None },
        };
        TrainedLook.Run(settings, _folder.At("run"));
        OnnxExport.Write(_folder.At("run"), _folder.At("a.onnx"), new() { Precision = precision, Input = input });
        var imported = RunWeights.Import(_folder.At("a.onnx"), _folder.At("again")).Options.Model;
        Assert.Equal((NormalizationKind.None, 20, StemKind.Cifar),
            (imported.Normalization, imported.ImageSize.Last, imported.Stem));
        using var original = TrainedLook.Encoder(settings.Model.ToResNet());
        using var read = new ResNet(imported.ToResNet(), seed: 1);
        ModuleWeights.Load(read, RunFolder.Open(_folder.At("again")).Encoder);
        read.eval();
        using var images = Noise(2, 3, 20, 20).sigmoid();
        FeatureAssert.Close(Features(original, images), Features(read, images), precision == "fp16" ? 1e-2 : 1e-4, precision);
    }

    [Fact]
    public void Values_may_lie_in_a_file_beside_the_model_and_nowhere_else()
    {
        using var encoder = TrainedLook.Encoder(new() { Width = 0.25, Stem = StemKind.Cifar });
        var outside = new ForeignOnnx(encoder) { Outside = _folder.At("a.data"), OutsideName = "a.data", Side = 16 };
        outside.Write(_folder.At("a.onnx"));
        using var read = Read("a.onnx");
        foreach (var (name, tensor) in read.state_dict().Where(t => !ModuleWeights.IsBatchCount(t.Key)))
            Assert.True(tensor.eq(encoder.state_dict()[name]).all().item<bool>(), name);
        foreach (var wrong in (string[])["../a.data", "/etc/hostname", "sub/a.data", "..", ""])
        {
            File.Delete(_folder.At("a.data"));
            new ForeignOnnx(encoder) { Outside = _folder.At("a.data"), OutsideName = wrong }.Write(_folder.At("b.onnx"));
            var error = Assert.Throws<WeightsException>(() => EncoderWeights.Recognize(_folder.At("b.onnx")));
            Assert.Contains("no file in the model's folder", error.Message);
        }
    }

    private ResNet Read(string file)
    {
        var read = new ResNet(EncoderWeights.Recognize(_folder.At(file)), seed: 3);
        EncoderWeights.Load(read, _folder.At(file));
        read.eval();
        return read;
    }

    private float[] Runtime(string file, Tensor images) => Runtime(file, images.data<float>().ToArray(), images.shape);

    // The graphs take one image at a time, as CNTK's does.
    private float[] Runtime<T>(string file, T[] values, params long[] shape) where T : unmanaged
    {
        using var session = new OnnxSession(_folder.At(file));
        return [.. values.Chunk(values.Length / (int)shape[0]).SelectMany(image =>
            session.Output(session.Outputs.Keys.Single(), image, [1, .. shape[1..]]))];
    }

    private static float[] Features(ResNet encoder, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return encoder.call(images).data<float>().ToArray();
    }

    private static Tensor Normalized(Tensor unit, Normalization normalization) =>
        Scaled(unit, normalization.Mean, normalization.Std);

    /// <summary>(x - mean) / deviation for planes of red, green and blue.</summary>
    private static Tensor Scaled(Tensor planes, ChannelValues mean, ChannelValues deviation)
    {
        var values = planes.contiguous().data<float>().ToArray();
        var area = (int)(planes.shape[2] * planes.shape[3]);
        float[] means = [mean.Red, mean.Green, mean.Blue], deviations = [deviation.Red, deviation.Green, deviation.Blue];
        for (var i = 0; i < values.Length; i++)
        {
            var channel = i / area % 3;
            values[i] = (values[i] - means[channel]) / deviations[channel];
        }
        return tensor(values).view(planes.shape);
    }

    private static Tensor Noise(params long[] shape)
    {
        manual_seed(11);
        return randn(shape);
    }
}
