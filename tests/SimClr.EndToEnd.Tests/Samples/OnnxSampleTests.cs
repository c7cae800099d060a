using System.Globalization;
using System.Text.Json;
using SimClr.Images;
using SimClr.Native;
using SimClr.Onnx;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.EndToEnd.Tests.Samples;

/// <summary><c>simclr export --format onnx</c> and <c>samples/OnnxFeatures</c>, one after the other.</summary>
public sealed class OnnxSampleTests : IDisposable
{
    private static readonly PretrainingOptions Settings = new()
    {
        Model = new() { Width = 0.25, ImageSize = 48, Normalization = NormalizationKind.Cifar10 },
    };

    private readonly TemporaryFolder _folder = new();

    public OnnxSampleTests()
    {
        TorchRuntime.EnsureLoaded();
        TrainedLook.Run(Settings, _folder.At("run"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_sample_computes_the_librarys_features_of_an_image()
    {
        var (code, output, error) =
            await CliProcess.Run("export", _folder.At("run"), "--format", "onnx", "--out", _folder.At("encoder.onnx"), "--json");
        Assert.True(code == 0, error);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal("onnx", json.GetProperty("format").GetString());
        Assert.Equal(new FileInfo(_folder.At("encoder.onnx")).Length, json.GetProperty("bytes").GetInt64());
        Assert.Equal("pixels", json.GetProperty("metadata").GetProperty("input").GetString());

        var jpeg = ImageBytes.Encode(ImageBytes.Smooth(48, 48), SKEncodedImageFormat.Jpeg, 90);
        var actual = await Run(_folder.At("encoder.onnx"), _folder.Write("same.jpg", jpeg));
        FeatureAssert.Close(TrainedLook.Features(Settings, ImageCodec.Decode(jpeg)), actual, 1e-4, "48 px");

        // Resized as the library does, and then rounded to bytes, by half a gray level at most.
        var large = ImageBytes.Encode(ImageBytes.Smooth(300, 200), SKEncodedImageFormat.Png);
        actual = await Run(_folder.At("encoder.onnx"), _folder.Write("large.png", large));
        FeatureAssert.Close(TrainedLook.Features(Settings, ImageCodec.Decode(large)), actual, 0.02, "300 x 200 px");
    }

    [Theory]
    [InlineData(1, SKEncodedImageFormat.Jpeg, 255)]
    [InlineData(6, SKEncodedImageFormat.Jpeg, 255)] // stored on its side
    [InlineData(1, SKEncodedImageFormat.Png, 100)] // transparent
    public async Task With_normalized_input_the_sample_gives_the_librarys_features_of_any_image(
        int orientation, SKEncodedImageFormat format, byte alpha)
    {
        OnnxExport.Write(_folder.At("run"), _folder.At("normalized.onnx"), new() { Input = "normalized" });
        using var bitmap = new SKBitmap(301, 200, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        for (var y = 0; y < 200; y++)
            for (var x = 0; x < 301; x++)
                bitmap.SetPixel(x, y,
                    new SKColor((byte)(7 * x + y), (byte)(x * y / 90), (byte)(3 * y), (byte)(alpha + x % (256 - alpha))));
        var bytes = ImageBytes.Encode(bitmap, format, 90);
        if (orientation > 1) bytes = ImageBytes.WithOrientation(bytes, orientation);
        var actual = await Run(_folder.At("normalized.onnx"), _folder.Write("any.picture", bytes));
        FeatureAssert.Close(TrainedLook.Features(Settings, ImageCodec.Decode(bytes)), actual, 1e-4, $"{orientation} {format}");
    }

    [Fact]
    public async Task A_files_name_says_its_format_and_options_that_do_not_fit_are_refused()
    {
        var (code, output, error) =
            await CliProcess.Run("export", _folder.At("run"), "--out", _folder.At("half.onnx"), "--precision", "fp16");
        Assert.True(code == 0, error);
        Assert.Contains("Takes pixels, gives h of 128 numbers; computes in fp16.",
            string.Join(' ', output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
        CliProcess.FailedInOneLine(await CliProcess.Run("export", _folder.At("run"), "--format", "onnx",
            "--out", _folder.At("run/encoder.safetensors")), 2, "--format onnx does not write .safetensors");
        CliProcess.FailedInOneLine(await CliProcess.Run("export", _folder.At("run"), "--out", _folder.At("x.safetensors"),
            "--precision", "fp16"), 2, "--precision, --input and --classifier are for --format onnx");
        CliProcess.FailedInOneLine(await CliProcess.Run("export", _folder.At("run"), "--out", _folder.At("x.onnx"),
            "--input", "bytes"), 2, "--input must be pixels or normalized, not 'bytes'");
    }

    /// <summary>What the sample prints.</summary>
    internal static async Task<float[]> Run(string model, string image)
    {
        var line = Assert.Single(await SampleProcess.Run("OnnxFeatures", model, image));
        return [.. line.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];
    }
}
