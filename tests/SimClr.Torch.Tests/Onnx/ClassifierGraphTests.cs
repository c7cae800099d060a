using System.Globalization;
using System.Text.Json;
using SimClr.Classification;
using SimClr.Images;
using SimClr.Models;
using SimClr.Native;
using SimClr.Onnx;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Onnx;

/// <summary>ONNX Runtime gives the probabilities that we give.</summary>
public sealed class ClassifierGraphTests : IDisposable
{
    private readonly ColoredImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(0, 24, "fp32")]
    [InlineData(0, 24, "fp16")]
    [InlineData(0, 40, "fp32")]
    [InlineData(1, 24, "fp32")]
    [InlineData(3, 24, "fp32")]
    [InlineData(0, 24, "fp32", FineTunedPart.All)]
    [InlineData(1, 24, "fp32", FineTunedPart.LastStage)]
    public void Probabilities_are_ours(int layer, int side, string precision, FineTunedPart tuned = FineTunedPart.Never)
    {
        var file = Train(layer, side, tuned);
        var options = new OnnxExportOptions { Classifier = file, Precision = precision };
        var metadata = OnnxExport.Write(_images.Run, _images.At("x.onnx"), options);
        Assert.Equal(metadata, OnnxExport.Write(null, _images.At("alone.onnx"), options));
        Assert.Equal(File.ReadAllBytes(_images.At("x.onnx")), File.ReadAllBytes(_images.At("alone.onnx")));
        using var classifier = ImageClassifier.Open(file, new() { Precision = Precision.Float32 });
        using var session = new OnnxSession(_images.At("x.onnx"));
        var spread = 0.0;
        for (var i = 0; i < 6; i++)
        {
            var image = new RgbImage(side, side);
            var random = ColoredImages.Image(i % 3, 60 + i).Pixels;
            for (var at = 0; at < image.Pixels.Length; at++) image.Pixels[at] = random[at % (random.Length / 3 * 3)];
            var expected = classifier.Classify(image).ToDictionary(one => one.ClassName, one => one.Probability);
            var actual = session.Output("probabilities", image.Pixels.ToArray(), 1, side, side, 3);
            Assert.Equal(1, actual.Sum(), 1e-5);
            for (var c = 0; c < 3; c++)
                Assert.Equal(expected[ColoredImages.Names[c]], actual[c], precision == "fp32" ? 1e-4 : 1e-2);
            spread = Math.Max(spread, actual.Max() - actual.Min());
        }
        Assert.True(spread > 0.1, "the probabilities say nothing");
        Assert.Equal(ColoredImages.Names, JsonSerializer.Deserialize<string[]>(session.About.CustomMetadataMap["classes"])!);
        Assert.Equal(side.ToString(CultureInfo.InvariantCulture), metadata["image_size"]);
        Assert.Equal([-1, 3], session.Outputs["probabilities"].Dimensions);
        Assert.Equal([-1, 128], session.Outputs["h"].Dimensions);
    }

    [Fact]
    public void A_classifier_of_another_encoder_is_refused_and_nothing_written()
    {
        var file = Train(0, 24);
        _images.MakeRun("other", seed: 8);
        var encoder = Path.Combine(_images.At("other"), "encoder.safetensors");
        using (var network = TrainedLook.Encoder(ColoredImages.Settings.Model.ToResNet()))
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            using (TorchSharp.torch.no_grad()) network.state_dict()["bn1.bias"].add_(1);
            ModuleWeights.Save(network, encoder);
        }
        var error = Assert.Throws<ImageClassifierException>(
            () => OnnxExport.Write(_images.At("other"), _images.At("x.onnx"), new() { Classifier = file }));
        Assert.Contains("was made with another encoder", error.Message, StringComparison.Ordinal);
        Assert.Throws<ImageClassifierException>(
            () => OnnxExport.Write(_images.Run, _images.At("x.onnx"), new() { Classifier = encoder }));
        var neither = Assert.Throws<SettingsException>(() => OnnxExport.Write(null, _images.At("x.onnx")));
        Assert.Contains("give one of them", neither.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_images.At("x.onnx")));
    }

    private string Train(int layer, int side, FineTunedPart tuned = FineTunedPart.Never)
    {
        var file = _images.At("mine.safetensors");
        ImageClassifierTraining.Run(new()
        {
            Run = _images.Run,
            Data = _images.Data,
            Out = file,
            Layer = layer,
            ImageSize = side,
            Finetune = tuned,
            FinetuneEpochs = 2,
            Use = new() { Precision = Precision.Float32 },
        });
        return file;
    }
}
