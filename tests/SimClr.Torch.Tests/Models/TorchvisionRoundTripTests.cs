using System.Diagnostics;
using SimClr.Models;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

/// <summary>
/// Weights written here and loaded by torchvision's own ResNet give the same features, and back. Needs Debian's
/// <c>python3-torchvision</c>; skipped where it is absent.
/// </summary>
public sealed class TorchvisionRoundTripTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly TemporaryFolder _folder = new();

    public TorchvisionRoundTripTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Features_are_the_same_on_both_sides_in_both_directions()
    {
        var missing = File.Exists(Python) ? (await Run("-c", "import torchvision")).Error : $"there is no {Python}";
        Assert.SkipUnless(missing == "", $"torchvision for Python is not there: {missing.Trim().Split('\n')[^1]}");
        using var scope = NewDisposeScope();

        // A run of ours whose batch norms are not at their start.
        var settings = new PretrainingOptions
        {
            Model = new() { ImageSize = 64, Stem = StemKind.ImageNet, Normalization = NormalizationKind.ImageNet },
        };
        var ours = Randomized(settings);
        var config = new RunConfig(settings, "shapes", "shapes", 1, "", "0", "");
        Directory.CreateDirectory(_folder.At("run"));
        File.WriteAllText(_folder.At("run/config.json"), config.ToJson());
        ModuleWeights.Save(ours, _folder.At("run/encoder.safetensors"));
        RunWeights.Export(_folder.At("run"), _folder.At("ours.safetensors"));
        var images = rand(2, 3, 64, 64);
        SafeTensors.Write(_folder.At("pictures.safetensors"), [("pictures", images)]);

        var script = Path.Combine(RealData.RepositoryRoot, "tests", "SimClr.Torch.Tests", "Models", "torchvision_roundtrip.py");
        var (code, error) = await Run(script, "resnet18", _folder.At("ours.safetensors"), _folder.At("pictures.safetensors"),
            _folder.At("theirs.safetensors"), _folder.At("results.safetensors"));
        Assert.True(code == 0, error);
        var results = Golden.ArraysAt(_folder.At("results.safetensors"));

        AssertClose(results.Float32("h_ours"), ours, images);

        var imported = RunWeights.Import(_folder.At("theirs.safetensors"), _folder.At("imported"));
        Assert.Equal((EncoderKind.ResNet18, 1.0, StemKind.ImageNet),
            (imported.Options.Model.Encoder, imported.Options.Model.Width, imported.Options.Model.Stem));
        Assert.Equal(100, imported.Report.Matched.Count); // 20 convolutions, and 4 tensors of each of 20 batch norms
        Assert.Equal(["fc.bias", "fc.weight"], imported.Report.Ignored.Where(n => !n.Contains("num_batches")).Order());
        using var theirs = new ResNet(imported.Options.Model.ToResNet(), seed: 9);
        ModuleWeights.Load(theirs, _folder.At("imported/encoder.safetensors"));
        AssertClose(results.Float32("h_theirs"), theirs, images);
    }

    /// <summary>1e-4 of the largest feature: float32 sums in another order, through twenty layers; measured about 1e-6.</summary>
    private static void AssertClose(float[] expected, ResNet encoder, Tensor images)
    {
        encoder.eval();
        using var frozen = no_grad();
        var actual = encoder.call(images).data<float>().ToArray(); // [2 * 512]
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 1e-3, "the features are nothing");
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)) / largest;
        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {worst:e2} of the largest feature");
        Assert.InRange(worst, 0, 1e-4);
    }

    private static ResNet Randomized(PretrainingOptions settings)
    {
        manual_seed(3);
        var encoder = new ResNet(settings.Model.ToResNet(), seed: 3);
        using var frozen = no_grad();
        foreach (var (name, tensor) in encoder.state_dict())
            if (tensor.dim() == 1) tensor.uniform_(0.5, 1.5);
        return encoder;
    }

    private static async Task<(int Code, string Error)> Run(params string[] args)
    {
        var start = new ProcessStartInfo(Python, args) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        await output;
        return (process.ExitCode, process.ExitCode == 0 ? "" : error);
    }
}
