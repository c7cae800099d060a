using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SimClr.Images;
using SimClr.Pretraining;
using SimClr.Runtime;
using SimClr.Tests.Cli;
using SimClr.Tests.Fixtures;
using SimClr.Tests.Images;
using SkiaSharp;

namespace SimClr.Tests.Export;

/// <summary><c>simclr export --format onnx</c> and <c>samples/OnnxFeatures</c>, one after the other.</summary>
public sealed class OnnxSampleTests : IDisposable
{
    private static readonly PretrainingOptions Settings = new() { Width = 0.25, ImageSize = 48, Normalization = "cifar10" };

    private readonly TemporaryFolder _folder = new();

    public OnnxSampleTests()
    {
        TorchRuntime.EnsureLoaded();
        TrainedLook.Run(Settings, _folder.At("run"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_sample_computes_the_librarys_features_of_a_picture()
    {
        var (code, output, error) =
            await CliProcess.Run("export", _folder.At("run"), "--format", "onnx", "--out", _folder.At("encoder.onnx"), "--json");
        Assert.True(code == 0, error);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal("onnx", json.GetProperty("format").GetString());
        Assert.Equal(new FileInfo(_folder.At("encoder.onnx")).Length, json.GetProperty("bytes").GetInt64());
        Assert.Equal("pixels", json.GetProperty("metadata").GetProperty("input").GetString());

        var jpeg = PictureBytes.Encode(PictureBytes.Smooth(48, 48), SKEncodedImageFormat.Jpeg, 90);
        var actual = await Sample(_folder.At("encoder.onnx"), _folder.Write("same.jpg", jpeg));
        ResNetGraphTests.AssertClose(OnnxExportTests.Expected(Settings, ImageCodec.Decode(jpeg)), actual, 1e-4, "48 px");

        // Resized: Skia's filter is another than ours, which on a smooth picture makes a difference of a few grey levels.
        var large = PictureBytes.Encode(PictureBytes.Smooth(300, 200), SKEncodedImageFormat.Png);
        actual = await Sample(_folder.At("encoder.onnx"), _folder.Write("large.png", large));
        ResNetGraphTests.AssertClose(OnnxExportTests.Expected(Settings, ImageCodec.Decode(large)), actual, 0.1, "300 x 200 px");
    }

    [Fact]
    public async Task A_files_name_says_its_format_and_options_that_do_not_fit_are_refused()
    {
        var (code, output, error) =
            await CliProcess.Run("export", _folder.At("run"), "--out", _folder.At("half.onnx"), "--precision", "fp16");
        Assert.True(code == 0, error);
        Assert.Contains("Takes pixels, gives h of 128 numbers; computes in fp16.", output.ReplaceLineEndings(" "));
        CliProcess.FailedInOneLine(await CliProcess.Run("export", _folder.At("run"), "--format", "onnx",
            "--out", _folder.At("run/encoder.safetensors")), 2, "--format onnx does not write .safetensors");
        CliProcess.FailedInOneLine(await CliProcess.Run("export", _folder.At("run"), "--out", _folder.At("x.safetensors"),
            "--precision", "fp16"), 2, "--precision, --input and --classifier are for --format onnx");
        CliProcess.FailedInOneLine(await CliProcess.Run("export", _folder.At("run"), "--out", _folder.At("x.onnx"),
            "--input", "bytes"), 2, "--input must be pixels or normalized, not 'bytes'");
    }

    private static async Task<float[]> Sample(string model, string picture)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "OnnxFeatures.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, model, picture])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
        var line = Assert.Single((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return [.. line.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];
    }
}
