using System.Text.Json;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Models;
using SimClr.Search;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>An index is right however it was made, and stays so whatever its images go through.</summary>
public sealed class IndexUpdateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public IndexUpdateTests()
    {
        _run = _folder.At("run");
        Pretrainer.Run(new()
        {
            Model = new() { Width = 0.25, ImageSize = 8 },
            BatchSize = 10,
            Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            Compute = new() { Threads = 1 },
        }, "shapes:20", _run);
        for (var i = 0; i < 6; i++) ImageCodec.WritePng(_folder.At($"images/{i}.png"), Shapes.Open(40, 24).Train.Load(i));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Vectors_of_any_length_make_the_same_index()
    {
        using var plain = Embedder.Open(_run); // as anybody would, without a thought of lengths
        using var index = FileImageIndex.Open(_folder.At("my.index"));
        Assert.Equal(new IndexUpdate(6, 0, 0, 0), index.Update(plain, Parts()));
        foreach (var (image, vector) in plain.Embed(Parts()[0]))
        {
            var hits = index.Search(vector, 6);
            Assert.Equal(Parts()[0].Describe(image), hits[0].Image);
            Assert.Equal(1, hits[0].Similarity, 1e-5);
            Assert.All(hits, hit => Assert.InRange(hit.Similarity, -1.00001, 1.00001));
        }
        Assert.Equal(0, IndexFile.Read(index.Name).Rescaled);
        Assert.Equal(new IndexUpdate(0, 6, 0, 0), index.Update(plain, Parts()));
    }

    [Fact]
    public void Vectors_of_other_lengths_in_a_file_are_scaled_and_counted()
    {
        using var embedder = Embedder.Open(_run);
        var path = Old(IndexOrigin.Of(embedder), scale: 2.4f, preprocessing: true);
        using var index = FileImageIndex.Open(path);
        Assert.Equal(6, index.Rescaled);
        Assert.All(Enumerable.Range(0, 6), row => Assert.Equal(1, Length(IndexFile.Read(path).Vector(row)), 1e-5));
        Assert.Equal(new IndexUpdate(0, 6, 0, 0), index.Update(embedder, Parts()));
        Assert.Equal(0, IndexFile.Read(path).Rescaled);
    }

    [Fact]
    public void An_index_of_images_that_were_made_ready_otherwise_is_made_again()
    {
        using var embedder = Embedder.Open(_run);
        using var index = FileImageIndex.Open(Old(IndexOrigin.Of(embedder), scale: 1, preprocessing: false));
        Assert.Equal(1, index.Origin!.Preprocessing);
        Assert.Equal(new IndexUpdate(6, 0, 6, 0), index.Update(embedder, Parts()) with { Removed = 6 });
        Assert.Equal(IndexOrigin.Of(embedder), index.Origin);
    }

    [Fact]
    public void An_embedder_of_another_kind_is_refused()
    {
        using var embedder = Embedder.Open(_run);
        using var larger = Embedder.Open(_run, new() { ImageSize = 16 });
        using var layer = Embedder.Open(_run, new() { Layer = 1 });
        using var index = FileImageIndex.Open(_folder.At("my.index"));
        foreach (var other in new[] { larger, layer })
            Assert.Contains("the embedder gives", Assert.Throws<EmbeddingException>(
                () => index.Update(other, IndexOrigin.Of(embedder), Parts())).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(index.Name));
    }

    [Fact]
    public async Task A_damaged_image_breaks_no_later_update()
    {
        var path = _folder.At("my.index");
        File.WriteAllText(_folder.At("images/bad.png"), "no image");
        using var embedder = Embedder.Open(_run);
        using var index = FileImageIndex.Open(path);
        var named = new ListLogger();
        Assert.Equal(new IndexUpdate(6, 0, 0, 1), index.Update(embedder, Parts(), named));
        Assert.Equal(new IndexUpdate(0, 6, 0, 1), index.Update(embedder, Parts(), named));
        Assert.Equal(2, named.Lines.Count(line => line.Contains("bad.png", StringComparison.Ordinal)));
        File.Delete(_folder.At("images/0.png"));
        Assert.Equal(new IndexUpdate(0, 5, 1, 1), index.Update(embedder, Parts()));
        var (code, output, error) = await CliProcess.Run("index", _run, _folder.At("images"), "--out", path, "--json", "--quiet");
        Assert.True(code == 0, error);
        Assert.Contains("\"kept\":5,\"removed\":0,\"unreadable_pictures\":1", output, StringComparison.Ordinal);

        var before = File.ReadAllBytes(path);
        for (var i = 1; i < 6; i++) File.WriteAllText(_folder.At($"images/{i}.png"), "no image either");
        Assert.Contains("the index is as it was", Assert.Throws<DataException>(() => index.Update(embedder, Parts())).Message);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Of_two_that_update_at_once_one_is_told_and_nothing_is_lost()
    {
        using var embedder = Embedder.Open(_run);
        var path = _folder.At("my.index");
        using (var first = FileImageIndex.Open(path))
        using (var second = FileImageIndex.Open(path))
        {
            first.Update(embedder, Parts(), progress: new Call(count =>
            {
                if (count == 1)
                    Assert.Contains("is writing it",
                        Assert.Throws<EmbeddingException>(() => second.Update(embedder, Parts())).Message);
            }));
            // It was opened before there was an index, and does not begin anew.
            Assert.Equal(new IndexUpdate(0, 6, 0, 0), second.Update(embedder, Parts()));
        }
        Assert.Equal(6, IndexFile.Read(path).Images.Count);
    }

    private IImageDataset[] Parts() => [DatasetSource.Open(_folder.At("images"), 16).Train];

    /// <summary>An index as earlier versions wrote it.</summary>
    private string Old(IndexOrigin origin, float scale, bool preprocessing)
    {
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var part = Parts()[0];
        float[] vectors = [.. embedder.Embed(part).SelectMany(image => image.Vector).Select(value => scale * value)];
        var json = JsonSerializer.SerializeToUtf8Bytes(Enumerable.Range(0, part.Count).Select(i => ImageStamp.Of(part, i))
            .ToArray());
        using var rows = tensor(vectors).view(part.Count, origin.Dimension);
        using var images = tensor(json);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "simclr-index-1",
            ["run"] = origin.Run,
            ["encoder_sha256"] = origin.EncoderSha256,
            ["layer"] = "0",
            ["image_size"] = $"{origin.ImageSize}",
        };
        if (preprocessing) metadata["preprocessing"] = $"{origin.Preprocessing}";
        SafeTensors.Write(_folder.At("old.index"), [("vectors", rows), ("pictures", images)], metadata);
        return _folder.At("old.index");
    }

    private static double Length(ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        foreach (var value in vector) sum += (double)value * value;
        return Math.Sqrt(sum);
    }

    private sealed class Call(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
