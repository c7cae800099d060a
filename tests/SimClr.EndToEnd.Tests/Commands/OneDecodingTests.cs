using System.Text.Json;
using SimClr.AspNetCore;
using SimClr.Classification;
using SimClr.Data;
using SimClr.EndToEnd.Tests.Samples;
using SimClr.Extensions;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Onnx;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>However an image comes to the same classifier, the answer is the same.</summary>
public sealed class OneDecodingTests : IDisposable
{
    private const int Side = 500; // twenty times that of the encoder: enough to be decoded at 1/8

    private readonly ColoredImages _images = new();
    private readonly string _path;
    private readonly byte[] _bytes;

    public OneDecodingTests()
    {
        // Detail that decoding at a fraction of the size and averaging treat differently.
        var image = new RgbImage(Side + 37, Side);
        var random = new CounterRandom(5, 0, 0, 0, DrawPurpose.Shape);
        for (var i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i / 3 % image.Width / 9 % 2 * 90 + random.NextInt32(i / 3 / image.Width > 200 ? 160 : 60));
        _bytes = ImageBytes.Encode(image, SKEncodedImageFormat.Jpeg, 80);
        _path = _images.At("large.jpg");
        File.WriteAllBytes(_path, _bytes);
    }

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task The_command_the_library_and_an_exported_model_give_the_same_probabilities()
    {
        var file = _images.At("made.safetensors");
        ImageClassifierTraining.Run(new() { Run = _images.Run, Data = _images.Data, Out = file, Threads = 1 });
        using var classifier = ImageClassifier.Open(file, new() { Precision = Precision.Float32, BatchSize = 4 });
        var expected = ByName(classifier.Classify(ImageCodec.Decode(_bytes)));
        Assert.Equal(expected, ByName(classifier.Classify(_bytes)));
        Assert.Equal(expected, ByName(classifier.Classify(_path)));
        var uploaded = new RgbImage(1, 1);
        Upload.Decode(_bytes, ImageCodec.DefaultMaxPixels, uploaded);
        Assert.Equal(expected, ByName(classifier.Classify(uploaded)));
        Alike(expected, ByName(Assert.Single(classifier.Classify(ImageFolder.Gather([_path]))).Classes));

        var (code, output, error) = await CliProcess.Run(
            "classify", file, _path, "--top", "3", "--json", "--quiet", "--precision", "fp32");
        Assert.True(code == 0, error);
        Alike(expected, [.. JsonDocument.Parse(output).RootElement.GetProperty("pictures")[0].GetProperty("classes")
            .EnumerateArray()
            .Select(one => (one.GetProperty("class").GetString()!, one.GetProperty("probability").GetDouble()))
            .OrderBy(one => one.Item1, StringComparer.Ordinal).Select(one => one.Item2)]);

        OnnxExport.Write(null, _images.At("made.onnx"), new() { Classifier = file, Input = "normalized" });
        var printed = await OnnxSampleTests.Run(_images.At("made.onnx"), _path);
        Alike(expected, ByName([.. classifier.ClassNames.Zip(printed, (name, p) => new ClassProbability(name, p))]));

        // By bytes of the resized image, each half a gray level off at most.
        OnnxExport.Write(null, _images.At("bytes.onnx"), new() { Classifier = file });
        printed = await OnnxSampleTests.Run(_images.At("bytes.onnx"), _path);
        Alike(expected, ByName([.. classifier.ClassNames.Zip(printed, (name, p) => new ClassProbability(name, p))]), 1e-2);
    }

    [Fact]
    public async Task Embedders_and_generators_give_the_same_vectors()
    {
        using var embedder = Embedder.Open(_images.Run, new() { Normalize = true, Precision = Precision.Float32 });
        using var generator = ImageEmbeddingGenerator.Open(_images.Run, new()
        {
            Normalize = true,
            Precision = Precision.Float32,
        });
        var expected = embedder.Embed(ImageCodec.Decode(_bytes));
        Assert.Equal(expected, embedder.Embed(_bytes));
        Assert.Equal(expected, embedder.Embed(_path));
        Alike(expected, Assert.Single(embedder.Embed(ImageFolder.Gather([_path]))).Vector);
        var content = new Microsoft.Extensions.AI.DataContent(_bytes, "image/jpeg");
        Alike(expected, (await generator.GenerateAsync([content]))[0].Vector.ToArray());
        Alike(expected, (await generator.GenerateAsync([ImageCodec.Decode(_bytes)]))[0].Vector.ToArray());
    }

    [Fact]
    public void A_file_that_is_no_image_is_refused_with_its_name_and_bytes_without()
    {
        using var embedder = Embedder.Open(_images.Run);
        File.WriteAllBytes(_images.At("cut.jpg"), _bytes[..2000]);
        Assert.Contains("cut.jpg", Assert.Throws<DataException>(() => embedder.Embed(_images.At("cut.jpg"))).Message);
        Assert.Contains("absent", Assert.Throws<DataException>(() => embedder.Embed(_images.At("absent"))).Message);
        Assert.Contains("truncated", Assert.Throws<ImageFormatException>(() => embedder.Embed(_bytes.AsSpan(0, 2000))).Message);
        Assert.Equal(embedder.Dimension, embedder.Embed(_bytes).Length); // and goes on
    }

    private static double[] ByName(IReadOnlyList<ClassProbability> classes) =>
        [.. classes.OrderBy(one => one.ClassName, StringComparer.Ordinal).Select(one => one.Probability)];

    private static void Alike(double[] expected, double[] actual, double tolerance = 1e-4)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    private static void Alike(float[] expected, float[] actual) =>
        Alike(Array.ConvertAll(expected, value => (double)value), Array.ConvertAll(actual, value => (double)value));
}
