using System.Text.Json;
using SimClr.AspNetCore;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Models;
using SimClr.Native;
using SimClr.Search;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary><c>--use-views</c>: vectors that are means over views, in files, in an index and in evaluations.</summary>
public sealed class UseViewsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run, _images, _index;

    public UseViewsTests()
    {
        TorchRuntime.EnsureLoaded();
        (_run, _images, _index) = (_folder.At("run"), _folder.At("images"), _folder.At("my.index"));
        TrainedLook.Run(new()
        {
            Model = new() { Width = 0.25, ImageSize = 16 },
            Compute = new() { Threads = 1, Precision = Precision.Float32 },
        }, _run);
        Directory.CreateDirectory(_images);
        for (var i = 0; i < 6; i++) ImageCodec.WritePng(Path.Combine(_images, $"{i}.png"), Shapes.Open(40, 24).Train.Load(i));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_index_keeps_its_views_for_added_images_and_queries()
    {
        var output = await Run("index", _run, _images, "--out", _index, "--use-views", "10");
        Assert.Contains("6 images (vectors are means over 10 views); 6 added", output, StringComparison.Ordinal);
        Assert.Equal(("simclr-index-2", "10"), Metadata(_index));
        ImageCodec.WritePng(Path.Combine(_images, "new.png"), Shapes.Open(40, 24).Train.Load(9));
        output = await Run("index", _run, _images, "--out", _index, "--json"); // does not say it again
        Assert.Contains("\"added\":1,\"kept\":6,\"removed\":0", output, StringComparison.Ordinal);
        Assert.Contains("\"use_views\":10", output, StringComparison.Ordinal);

        using var index = FileImageIndex.Open(_index);
        Assert.Equal(10, index.Origin!.UseViews);
        using var embedder = index.Origin.OpenEmbedder();
        Assert.Equal(10, embedder.UseViews);
        foreach (var name in new[] { "3.png", "new.png" })
        {
            var found = JsonDocument.Parse(await Run("search", _index, Path.Combine(_images, name), "--json")).RootElement[0]
                .GetProperty("found")[0];
            Assert.Equal(Path.Combine(_images, name), found.GetProperty("picture").GetString());
            Assert.Equal(1, found.GetProperty("similarity").GetDouble(), 1e-3); // bfloat16 in batches of another size
        }
        using var ofOne = Embedder.Open(_run);
        Assert.Contains("1 view of each image", Assert.Throws<EmbeddingException>(
            () => index.Update(ofOne, index.Origin, Parts())).Message, StringComparison.Ordinal);

        var (code, _, error) = await CliProcess.Run("index", _run, _images, "--out", _index, "--use-views", "1");
        Assert.True(code == 0, error);
        Assert.Contains("was made with --use-views 10; all images are embedded again", error, StringComparison.Ordinal);
        Assert.Equal(("simclr-index-1", null), Metadata(_index));
    }

    [Fact]
    public void A_mirrored_query_is_the_image_itself_where_mirror_images_are_averaged()
    {
        using var embedder = Embedder.Open(_run, new() { UseViews = 2, Normalize = true, Precision = Precision.Float32 });
        using var index = FileImageIndex.Open(_index);
        Assert.Equal(6, index.Update(embedder, Parts()).Added);
        var image = Parts()[0].Load(4);
        var mirrored = new RgbImage(24, 24);
        for (var i = 0; i < 24 * 24; i++)
            image.Pixels.Slice(3 * i, 3).CopyTo(mirrored.Pixels[(3 * (i / 24 * 24 + 23 - i % 24))..]);
        Assert.Equal(1, index.Search(embedder.Embed(mirrored), 1)[0].Similarity, 1e-5);
        Assert.Equal(embedder.Embed(image), embedder.Embed(mirrored), (a, b) => Math.Abs(a - b) < 1e-5);
        using var plain = Embedder.Open(_run, new() { Normalize = true, Precision = Precision.Float32 });
        Assert.NotEqual(plain.Embed(image), plain.Embed(mirrored), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void However_an_image_comes_its_mean_is_the_same()
    {
        using var embedder = Embedder.Open(_run, new() { UseViews = 10, BatchSize = 11, Precision = Precision.Float32 });
        var data = Parts()[0];
        foreach (var (image, vector) in embedder.Embed(data))
        {
            var expected = embedder.Embed(data.Load(image));
            Assert.Equal(expected, embedder.Embed(File.ReadAllBytes(data.Describe(image))));
            // float32 sums in another order for another batch size.
            Assert.Equal(expected, vector, (a, b) => Math.Abs(a - b) < 1e-4);
        }
    }

    [Fact]
    public void An_index_of_an_earlier_version_has_one_view_and_one_of_a_later_version_is_not_searched()
    {
        using var kept = new KeptFiles();
        Assert.Equal(1, IndexFile.Read(kept.At("images.index")).Origin.UseViews);
        using var embedder = Embedder.Open(_run);
        var origin = IndexOrigin.Of(embedder);
        Assert.Equal(1, origin.UseViews);
        IndexFile.Write(_index, ImageIndex.Empty(origin with { UseViews = 30 }));
        var read = IndexFile.Read(_index).Origin;
        Assert.Equal(30, read.UseViews);
        Assert.Contains("means over 30 views", Assert.Throws<EmbeddingException>(read.OpenEmbedder).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_embeds_images_as_its_index_does_and_says_so()
    {
        using (var embedder = Embedder.Open(_run, new() { UseViews = 2 }))
        using (var index = FileImageIndex.Open(_index)) index.Update(embedder, Parts());
        using var own = IndexFile.Read(_index).Origin.OpenEmbedder();
        await using var server = await SearchServer.StartAsync(_index, new() { Port = 0 });
        using var client = new HttpClient { BaseAddress = server.Address };
        Assert.Contains("\"use_views\":2", await client.GetStringAsync("api/index", TestContext.Current.CancellationToken));
        using var body = new ByteArrayContent(File.ReadAllBytes(Path.Combine(_images, "2.png")));
        using var answer = await client.PostAsync("api/embed", body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(own.Embed(Path.Combine(_images, "2.png")), JsonDocument.Parse(text).RootElement.GetProperty("vector")
            .EnumerateArray().Select(number => number.GetSingle()));
    }

    [Fact]
    public async Task Embed_says_over_how_many_views_it_averaged()
    {
        var (one, two) = (_folder.At("one.csv"), _folder.At("two.csv"));
        Assert.DoesNotContain("use_views", await Run("embed", _run, _images, "--out", one, "--json"));
        Assert.Contains("\"use_views\":2", await Run("embed", _run, _images, "--out", two, "--json", "--use-views", "2"));
        Assert.Contains("each the mean over 2 views of its image.",
            await Run("embed", _run, _images, "--out", two, "--use-views", "2"));
        Assert.NotEqual(File.ReadAllText(one), File.ReadAllText(two));
    }

    [Fact]
    public async Task Evaluations_say_it_in_their_table()
    {
        Assert.DoesNotContain("views", await Evaluate());
        Assert.Contains("means over 2 views", await Evaluate("--use-views", "2"));
        Assert.True(File.Exists(_folder.At("run/evaluation-knn.json")));
        Assert.True(File.Exists(_folder.At("run/evaluation-knn-views2.json")));

        Task<string> Evaluate(params string[] more) =>
            Run(["evaluate", "knn", _run, "shapes:20", "--k", "3", "--no-baselines", .. more]);
    }

    private IImageDataset[] Parts() => [DatasetSource.Open(_images, 16).Train];

    private static (string? Format, string? Views) Metadata(string path)
    {
        using var file = SafeTensors.Read(path);
        return (file.Metadata.GetValueOrDefault("format"), file.Metadata.GetValueOrDefault("use_views"));
    }

    private static async Task<string> Run(params string[] args)
    {
        var (code, output, error) = await CliProcess.Run([.. args, "--quiet"]);
        Assert.True(code == 0, error);
        return output;
    }
}
