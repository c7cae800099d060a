using SimClr.Models;
using SimClr.Native;
using SimClr.Onnx;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Onnx;

/// <summary>ONNX Runtime computes from the exported graph what the encoder computes.</summary>
public sealed class ResNetGraphTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ResNetGraphTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, double, string, bool> Networks()
    {
        var networks = new TheoryData<string, double, string, bool>();
        foreach (var name in ResNetOptions.Names)
            foreach (var stem in (string[])["cifar", "imagenet"])
            {
                networks.Add(name, 0.25, stem, false);
                if (name is "resnet18" or "resnet50") networks.Add(name, 0.37, stem, false); // 24, 47, 95, 189 channels
                if (name == "resnet50") networks.Add(name, 0.3, stem, true);
            }
        return networks;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Features_agree_at_both_precisions_and_any_batch_size(string name, double width, string stem, bool selective)
    {
        // Odd sides: what reaches over an edge shows.
        var settings = new PretrainingOptions
        {
            Model = new()
            {
                Encoder = SettingChoices.Encoder.Parse(name),
                Width = width,
                Stem = SettingChoices.Stem.Parse(stem),
                SelectiveKernels = selective,
                ImageSize = stem == "cifar" ? 19 : 75,
            },
        };
        using var encoder = TrainedLook.Encoder(settings.Model.ToResNet());
        var full = Export(encoder, settings, "fp32");
        var half = Export(encoder, settings, "fp16");
        Assert.InRange(new FileInfo(half).Length, 0, 0.55 * new FileInfo(full).Length);
        using var fullSession = new OnnxSession(full);
        using var halfSession = new OnnxSession(half);
        foreach (var batch in (int[])[1, 5])
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var side = settings.Model.ImageSize.Last;
            var images = randn(batch, 3, side, side);
            var expected = encoder.call(images).data<float>().ToArray(); // [N * d]
            var input = images.data<float>().ToArray();
            // Sums of float32 in another order, and norms folded into kernels, through up to 155 layers.
            FeatureAssert.Close(expected, fullSession.Features(input, images.shape), 1e-4, "fp32");
            FeatureAssert.Close(expected, halfSession.Features(input, images.shape), 1e-2, "fp16");
        }
    }

    private string Export(ResNet encoder, PretrainingOptions settings, string precision)
    {
        var file = _folder.At(precision + ".onnx");
        OnnxExport.Write(encoder, settings.Model, file, new OnnxExportOptions { Precision = precision, Input = "normalized" });
        return file;
    }
}
