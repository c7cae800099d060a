using Microsoft.ML.OnnxRuntime.Tensors;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Images;
using SimClr.Models;
using SimClr.Native;
using SimClr.Onnx;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Onnx;

public sealed class OnnxExportTests : IDisposable
{
    private static readonly PretrainingOptions Small =
        new()
        {
            Model = new() { Width = 0.25, ImageSize = 24, EvaluationImageSize = 40, Normalization = NormalizationKind.ImageNet },
        };

    private readonly TemporaryFolder _folder = new();

    public OnnxExportTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_says_what_it_takes_what_it_gives_and_what_it_is()
    {
        TrainedLook.Run(Small, _folder.At("run"));
        var metadata = OnnxExport.Write(_folder.At("run"), _folder.At("encoder.onnx"));
        using var session = new OnnxSession(_folder.At("encoder.onnx"));
        var (input, output) = (Assert.Single(session.Inputs), Assert.Single(session.Outputs));
        Assert.Equal(("pixels", TensorElementType.UInt8), (input.Key, input.Value.ElementDataType));
        Assert.Equal(("h", TensorElementType.Float), (output.Key, output.Value.ElementDataType));
        Assert.Equal([-1, 40, 40, 3], input.Value.Dimensions);
        Assert.Equal([-1, 128], output.Value.Dimensions);
        Assert.Equal("N", input.Value.SymbolicDimensions[0]);
        Assert.Equal(metadata.OrderBy(p => p.Key), session.About.CustomMetadataMap.OrderBy(p => p.Key));
        Assert.Equal("SimCLR.NET", session.About.ProducerName);
        Assert.Equal(new Dictionary<string, string>
        {
            ["encoder"] = "resnet18",
            ["width"] = "0.25",
            ["stem"] = "cifar",
            ["selective_kernels"] = "false",
            ["image_size"] = "40",
            ["shorter_side"] = "40",
            ["normalization"] = "imagenet",
            ["feature_dimension"] = "128",
            ["input"] = "pixels",
            ["precision"] = "fp32",
            ["version"] = RunConfig.CurrentVersion,
        }, metadata);
    }

    [Theory]
    [InlineData(NormalizationKind.None, "fp32")]
    [InlineData(NormalizationKind.ImageNet, "fp32")]
    [InlineData(NormalizationKind.Cifar10, "fp32")]
    [InlineData(NormalizationKind.Cifar10, "fp16")]
    public void Pixels_of_a_decoded_image_are_normalized_as_for_evaluation(NormalizationKind normalization, string precision)
    {
        var settings = Small with { Model = Small.Model with { Normalization = normalization } };
        TrainedLook.Run(settings, _folder.At("run"));
        OnnxExport.Write(_folder.At("run"), _folder.At("encoder.onnx"), new OnnxExportOptions { Precision = precision });
        var image = ImageCodec.Decode(ImageBytes.Encode(ImageBytes.Smooth(40, 40), SKEncodedImageFormat.Jpeg, 90));

        var expected = TrainedLook.Features(settings, image);
        using var session = new OnnxSession(_folder.At("encoder.onnx"));
        var actual = session.Features(image.Pixels.ToArray(), 1, 40, 40, 3);
        FeatureAssert.Close(expected, actual, precision == "fp32" ? 1e-4 : 1e-2, $"{normalization} {precision}");
    }

    [Theory]
    [InlineData("cifar")]
    [InlineData("imagenet")]
    public void Real_images_have_the_same_features(string kind)
    {
        var isCifar = kind == "cifar";
        var settings = new PretrainingOptions
        {
            Model = new()
            {
                Encoder = isCifar ? EncoderKind.ResNet18 : EncoderKind.ResNet50,
                Width = isCifar ? 1 : 0.5,
                ImageSize = isCifar ? 32 : 224,
                Normalization = isCifar ? NormalizationKind.Cifar10 : NormalizationKind.ImageNet,
            },
        };
        var source = isCifar ? "cifar10:" + RealData.Cifar10() : RealData.Imagenette();
        var data = DatasetSource.Open(source, settings.Model.ImageSize.Last);
        TrainedLook.Run(settings, _folder.At("run"));
        var scratch = new RenderScratch();
        var side = settings.Model.ImageSize.Last;
        foreach (var precision in (string[])["fp32", "fp16"])
        {
            OnnxExport.Write(_folder.At("run"), _folder.At(precision), new OnnxExportOptions { Precision = precision });
            using var session = new OnnxSession(_folder.At(precision));
            for (var i = 0; i < 3; i++)
            {
                var image = data.Train.Load(i);
                var pixels = new float[3 * side * side];
                new EvaluationTransform(side, Normalization.None).Render(image, pixels, scratch);
                // Whole bytes, as an application would have after resizing.
                var bytes = pixels.Select(x => (byte)Math.Round(255 * x)).ToArray();
                var expected = TrainedLook.Features(settings, new RgbImage(side, side, bytes));
                FeatureAssert.Close(expected, session.Features(bytes, 1, side, side, 3),
                    precision == "fp32" ? 1e-4 : 1e-2, $"{kind} {precision}");
            }
        }
    }

    [Fact]
    public void What_cannot_be_written_leaves_nothing_behind()
    {
        TrainedLook.Run(Small, _folder.At("run"));
        Directory.CreateDirectory(_folder.At("folder"));
        foreach (var path in (string[])[_folder.At("absent/encoder.onnx"), _folder.At("folder"), _folder.At("run/config.json/x")])
        {
            var error = Assert.Throws<WeightsException>(() => OnnxExport.Write(_folder.At("run"), path));
            Assert.StartsWith(path + " cannot be written: ", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(["folder", "run"], Directory.EnumerateFileSystemEntries(_folder.FullPath).Select(Path.GetFileName).Order());
        var unknown = new OnnxExportOptions { Precision = "fp8" };
        Assert.Throws<SettingsException>(() => OnnxExport.Write(_folder.At("run"), _folder.At("x"), unknown));
        Assert.Throws<SettingsException>(() => new OnnxExportOptions { Input = "bytes" }.Validated());
        Assert.Throws<RunFolderException>(() => OnnxExport.Write(_folder.At("folder"), _folder.At("x")));
    }

    [Fact]
    public void Weights_beyond_the_range_of_float16_are_refused_and_an_earlier_file_stays()
    {
        using var encoder = TrainedLook.Encoder(Small.Model.ToResNet());
        var file = _folder.Write("encoder.onnx", "earlier"u8);
        using (no_grad()) encoder.state_dict()["layer2.0.bn1.weight"].fill_(1e7);
        var half = new OnnxExportOptions { Precision = "fp16" };
        var error = Assert.Throws<WeightsException>(() => OnnxExport.Write(encoder, Small.Model, file, half));
        Assert.Contains("layer2.0.conv1.weight goes beyond float16", error.Message, StringComparison.Ordinal);
        using (no_grad()) encoder.state_dict()["layer2.0.bn1.bias"].fill_(double.NaN);
        error = Assert.Throws<WeightsException>(() => OnnxExport.Write(encoder, Small.Model, file, new OnnxExportOptions()));
        Assert.Contains("layer2.0.conv1.bias holds values that are not finite", error.Message, StringComparison.Ordinal);
        Assert.Equal("earlier", File.ReadAllText(file));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused_before_anything_is_written()
    {
        var settings = Small with { Model = Small.Model with { Encoder = EncoderKind.ResNet152, Width = 4 } };
        using var encoder = new ResNet(settings.Model.ToResNet(), new InitialWeights(0, 0) { ShapesOnly = true });
        var error = Assert.Throws<WeightsException>(
            () => OnnxExport.Write(encoder, settings.Model, _folder.At("large.onnx"), new OnnxExportOptions()));
        // 927 million parameters of 4 bytes.
        Assert.Contains("would take 3.7 GB, and an ONNX file holds 2.1 GB at most; fp16 takes half", error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullPath));
    }

    [Fact]
    public void Exporting_leaves_no_tensor_behind()
    {
        var settings = Small with { Model = Small.Model with { Encoder = EncoderKind.ResNet50, SelectiveKernels = true } };
        using var encoder = TrainedLook.Encoder(settings.Model.ToResNet());
        var before = LiveTensors.Count();
        OnnxExport.Write(encoder, settings.Model, _folder.At("x.onnx"), new OnnxExportOptions { Precision = "fp16" });
        Assert.Equal(before, torch.Tensor.TotalCount);
    }
}
