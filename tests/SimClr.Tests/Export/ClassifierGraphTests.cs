using System.Globalization;
using System.Text.Json;
using SimClr.Classification;
using SimClr.Images;
using SimClr.Models;
using SimClr.Native;
using SimClr.Onnx;
using SimClr.Settings;
using SimClr.Tests.Classification;

namespace SimClr.Tests.Export;

/// <summary>ONNX Runtime gives the probabilities that we give.</summary>
public sealed class ClassifierGraphTests : IDisposable
{
    private readonly ColouredPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Theory]
    [InlineData(0, 24, "fp32")]
    [InlineData(0, 24, "fp16")]
    [InlineData(0, 40, "fp32")]
    [InlineData(1, 24, "fp32")]
    [InlineData(3, 24, "fp32")]
    public void Probabilities_are_ours(int layer, int side, string precision)
    {
        var file = Train(layer, side);
        var options = new OnnxExportOptions { Classifier = file, Precision = precision };
        var metadata = OnnxExport.Write(_pictures.Run, _pictures.At("x.onnx"), options);
        Assert.Equal(metadata, OnnxExport.Write(null, _pictures.At("alone.onnx"), options));
        Assert.Equal(File.ReadAllBytes(_pictures.At("x.onnx")), File.ReadAllBytes(_pictures.At("alone.onnx")));
        using var classifier = PictureClassifier.Open(file, new() { Precision = Precision.Float32 });
        using var session = new OnnxSession(_pictures.At("x.onnx"));
        var spread = 0.0;
        for (var i = 0; i < 6; i++)
        {
            var picture = new RgbImage(side, side);
            var random = ColouredPictures.Picture(i % 3, 60 + i).Pixels;
            for (var at = 0; at < picture.Pixels.Length; at++) picture.Pixels[at] = random[at % (random.Length / 3 * 3)];
            var expected = classifier.Classify(picture).ToDictionary(one => one.ClassName, one => one.Probability);
            var actual = session.Output("probabilities", picture.Pixels.ToArray(), 1, side, side, 3);
            Assert.Equal(1, actual.Sum(), 1e-5);
            for (var c = 0; c < 3; c++)
                Assert.Equal(expected[ColouredPictures.Names[c]], actual[c], precision == "fp32" ? 1e-4 : 1e-2);
            spread = Math.Max(spread, actual.Max() - actual.Min());
        }
        Assert.True(spread > 0.1, "the probabilities say nothing");
        Assert.Equal(ColouredPictures.Names, JsonSerializer.Deserialize<string[]>(session.About.CustomMetadataMap["classes"])!);
        Assert.Equal(side.ToString(CultureInfo.InvariantCulture), metadata["image_size"]);
        Assert.Equal([-1, 3], session.Outputs["probabilities"].Dimensions);
        Assert.Equal([-1, 128], session.Outputs["h"].Dimensions);
    }

    [Fact]
    public void A_classifier_of_another_encoder_is_refused_and_nothing_written()
    {
        var file = Train(0, 24);
        _pictures.MakeRun("other", seed: 8);
        var encoder = Path.Combine(_pictures.At("other"), "encoder.safetensors");
        using (var network = TrainedLook.Encoder(ColouredPictures.Settings.Model.ToResNet()))
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            using (TorchSharp.torch.no_grad()) network.state_dict()["bn1.bias"].add_(1);
            ModuleWeights.Save(network, encoder);
        }
        var error = Assert.Throws<PictureClassifierException>(
            () => OnnxExport.Write(_pictures.At("other"), _pictures.At("x.onnx"), new() { Classifier = file }));
        Assert.Contains("was made with another encoder", error.Message, StringComparison.Ordinal);
        Assert.Throws<PictureClassifierException>(
            () => OnnxExport.Write(_pictures.Run, _pictures.At("x.onnx"), new() { Classifier = encoder }));
        var neither = Assert.Throws<SettingsException>(() => OnnxExport.Write(null, _pictures.At("x.onnx")));
        Assert.Contains("give one of them", neither.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_pictures.At("x.onnx")));
    }

    private string Train(int layer, int side)
    {
        var file = _pictures.At("mine.safetensors");
        PictureClassifierTraining.Run(new()
        {
            Run = _pictures.Run,
            Data = _pictures.Data,
            Out = file,
            Layer = layer,
            ImageSize = side,
            Use = new() { Precision = Precision.Float32 },
        });
        return file;
    }
}
