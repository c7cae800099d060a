using System.Text;
using SimClr.Classification;
using SimClr.Data;
using SimClr.Features;
using SimClr.Models;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Runs;
using SimClr.Tests.Fixtures;
using TorchSharp;

namespace SimClr.Torch.Tests.Classification;

/// <summary>A classifier's file holds all that it needs, and whatever else it is, is refused in one line.</summary>
public sealed class ClassifierFileTests : IDisposable
{
    private readonly ColoredImages _images = new();
    private readonly string _file;

    public ClassifierFileTests()
    {
        _file = _images.At("mine.safetensors");
        ImageClassifierTraining.Run(new() { Run = _images.Run, Data = _images.Data, Out = _file, Layer = 1 });
    }

    public void Dispose() => _images.Dispose();

    [Fact]
    public void It_is_open_and_says_what_it_is()
    {
        using var file = SafeTensors.Read(_file);
        Assert.Equal("simclr-classifier-1", file.Metadata["format"]);
        Assert.Equal("1", file.Metadata["layer"]);
        Assert.Equal("24", file.Metadata["image_size"]);
        Assert.Equal(ColoredImages.Names, System.Text.Json.JsonSerializer.Deserialize<string[]>(file.Metadata["classes"])!);
        Assert.Equal(WeightsOrigin.HashOf(Path.Combine(_images.Run, "encoder.safetensors")), file.Metadata["encoder_sha256"]);
        Assert.Equal([3L, 40], file.Shape("classifier.weight"));
        Assert.Contains("encoder.layer4.1.bn2.running_var", file.Names);
        Assert.Contains("head.linear1.weight", file.Names);
        Assert.DoesNotContain(_images.Data, file.Metadata["settings"], StringComparison.Ordinal);
        // It is a file of weights like any other.
        Assert.Equal("resnet18", EncoderWeights.Recognize(_file, "encoder.").Name);
    }

    [Fact]
    public void What_is_read_is_what_was_written()
    {
        using var content = ClassifierFile.Read(_file);
        using (var again = ClassifierFile.Begin(_images.At("again.safetensors"))) ClassifierFile.Write(again, content);
        Assert.Equal(File.ReadAllBytes(_file), File.ReadAllBytes(_images.At("again.safetensors")));
    }

    [Fact]
    public void Another_file_none_and_a_damaged_one_are_told_apart()
    {
        Assert.StartsWith("There is no classifier ", Refusal(_images.At("absent")), StringComparison.Ordinal);
        Assert.Contains("is not a classifier; ", Refusal(Path.Combine(_images.Run, "encoder.safetensors")));
        Assert.Contains("is damaged: ", Refusal(Path.Combine(_images.Run, "config.json")));
        var bytes = File.ReadAllBytes(_file);
        Assert.Contains("is damaged: ", Refusal(Changed(bytes[..^1])));
        // One bit of one weight, in the last tensor of the file and in the middle.
        foreach (var at in (int[])[bytes.Length - 3, bytes.Length / 2])
        {
            var flipped = (byte[])bytes.Clone();
            flipped[at] ^= 1;
            Assert.Contains("not those that were written", Refusal(Changed(flipped)));
        }
    }

    [Theory]
    [InlineData("\"temperature\":\"", "\"temperature\":\"-")]
    [InlineData("\"layer\":\"1\"", "\"layer\":\"3\"")]
    [InlineData("\"layer\":\"1\"", "\"layer\":\"9\"")]
    [InlineData("\"layer\":\"1\"", "\"layer\":\"x\"")]
    [InlineData("\"image_size\":\"24\"", "\"image_size\":\"99999\"")]
    [InlineData("\"layer\":\"1\"", "\"lager\":\"1\"")]
    [InlineData("resnet18", "resnet50")]
    [InlineData("resnet18", "resnet152")]
    [InlineData("green", "gre\\\\u0007")]
    [InlineData("top1_deviation", "top1_variation")]
    [InlineData("hidden_dimension\\\":40", "hidden_dimension\\\":2000000000")]
    [InlineData("hidden_dimension\\\":40", "hidden_dimension\\\":\\\"a\\\"")]
    [InlineData("classifier.bias", "classifier.size")]
    [InlineData("head.bn1.bias", "head.bn9.bias")]
    public void A_header_that_says_something_else_is_refused_before_memory_is_taken_for_it(string from, string to)
    {
        var bytes = File.ReadAllBytes(_file);
        var length = BitConverter.ToInt32(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, length);
        // System.Text.Json writes a quote within a string in one way or the other.
        (from, to) = header.Contains(from, StringComparison.Ordinal)
            ? (from, to)
            : (from.Replace("\\\"", "\\u0022", StringComparison.Ordinal),
                to.Replace("\\\"", "\\u0022", StringComparison.Ordinal));
        Assert.Contains(from, header);
        var changed = Encoding.UTF8.GetBytes(header.Replace(from, to, StringComparison.Ordinal));
        var message = Refusal(Changed([.. BitConverter.GetBytes((long)changed.Length), .. changed, .. bytes.AsSpan(8 + length)]));
        Assert.Contains(" is damaged: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        TestContext.Current.TestOutputHelper?.WriteLine(message);
    }

    [Fact]
    public void Whatever_becomes_of_a_header_is_read_or_refused()
    {
        var bytes = File.ReadAllBytes(_file);
        var length = BitConverter.ToInt32(bytes);
        for (var trial = 0; trial < 60; trial++)
        {
            var random = new CounterRandom(23, 0, trial, 0, DrawPurpose.Order);
            var changed = (byte[])bytes.Clone();
            for (var i = 0; i <= trial % 3; i++) changed[8 + random.NextInt32(length)] = (byte)random.NextInt32(128);
            try
            {
                ClassifierFile.Read(Changed(changed)).Dispose();
            }
            catch (ImageClassifierException)
            {
            }
        }
    }

    [Fact]
    public void Refusing_leaves_no_tensor_behind()
    {
        var bytes = File.ReadAllBytes(_file);
        bytes[^3] ^= 1;
        var path = Changed(bytes);
        Refusal(path);
        var before = LiveTensors.Count();
        Refusal(path);
        // TorchSharp counts a parameter twice and takes only one back: 60 of the encoder and 60 of
        // its shapes, 8 of the head.
        Assert.Equal(before + 60 + 60 + 8, torch.Tensor.TotalCount);
    }

    [Fact]
    public void A_layer_of_the_head_is_what_the_embedder_gives()
    {
        using var content = ClassifierFile.Read(_file);
        using var embedder = Embedder.Open(_images.Run, new() { Layer = 1, Precision = Precision.Float32 });
        using var classifier = ImageClassifier.Open(_file, new() { Precision = Precision.Float32 });
        var image = ImageFolder.LoadFile(Path.Combine(_images.Data, "red", "000.png"));
        var scores = content.Linear.Scores(embedder.Embed(image));
        var expected = new double[3];
        ScoredImages.Softmax([.. scores.Select(score => score / content.Temperature)], expected);
        var actual = classifier.Classify(image).ToDictionary(one => one.ClassName, one => one.Probability);
        for (var c = 0; c < 3; c++) Assert.Equal(expected[c], actual[ColoredImages.Names[c]], 1e-9);
    }

    private string Refusal(string path) => Assert.Throws<ImageClassifierException>(() => ImageClassifier.Open(path)).Message;

    private string Changed(byte[] bytes)
    {
        var path = _images.At("changed");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
