using System.Text.Json;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Search;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary><c>duplicates</c>, <c>outliers</c> and the page of <c>search</c>, on a folder with planted copies.</summary>
public sealed class DuplicatesCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run, _images;

    public DuplicatesCommandTests()
    {
        _run = _folder.At("run");
        Pretrainer.Run(
            new()
            {
                Model = new() { Width = 0.25, ImageSize = 16 },
                Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
                BatchSize = 20,
                Views = new() { Blur = 0 },
            }, "shapes:60", _run);
        _images = Directory.CreateDirectory(_folder.At("images")).FullName;
        var shapes = Shapes.Open(80, 48).Train;
        for (var i = 0; i < shapes.Count; i++) ImageCodec.WritePng(Path.Combine(_images, $"{i:00}.png"), shapes.Load(i));
        foreach (var i in new[] { 7, 30 })
        {
            var copy = Path.Combine(_images, $"{i:00}-copy.jpg");
            File.WriteAllBytes(copy, ImageCodec.EncodeJpeg(shapes.Load(i), 95));
            // of as many pixels
            Assert.True(new FileInfo(copy).Length < new FileInfo(Path.Combine(_images, $"{i:00}.png")).Length);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Planted_copies_are_found_in_data_and_in_an_index_and_shown()
    {
        var (sheet, page, csv) = (_folder.At("pairs.png"), _folder.At("page.html"), _folder.At("groups.csv"));
        var (code, output, error) = await CliProcess.Run("duplicates", _images, "--run", _run, "--threshold", "0.9995", "--json",
            "--sheet", sheet, "--page", page, "--out", csv, "--quiet");
        Assert.True(code == 0, error);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal((82, 0.9995), (result.GetProperty("count").GetInt32(), result.GetProperty("threshold").GetDouble()));
        Assert.Contains(result.GetProperty("groups").EnumerateArray(), IsCopy);
        Assert.Equal(82, result.GetProperty("histogram").EnumerateArray().Sum(bin => bin.GetProperty("pictures").GetInt32()));
        Assert.Equal((5 * 132) + 4, ImageCodec.Decode(File.ReadAllBytes(sheet)).Width);
        Assert.Contains("07-copy.jpg", File.ReadAllText(csv), StringComparison.Ordinal);
        Assert.Contains("<b>keep, 48 x 48</b>", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", File.ReadAllText(page), StringComparison.Ordinal);

        var index = _folder.At("i");
        Assert.Equal(0, (await CliProcess.Run("index", _run, _images, "--out", index, "--quiet")).Code);
        (code, output, error) = await CliProcess.Run("duplicates", index, "--quiet");
        Assert.True(code == 0, error);
        Assert.Contains("chosen: of distinct images about 3 in 10,000", output, StringComparison.Ordinal);
        (code, output, error) = await CliProcess.Run("duplicates", index, "--threshold", "0.9995", "--quiet");
        Assert.True(code == 0, error);
        Assert.Matches(@"1\.0000 +keep +48 x 48 +[0-9.]+ (KiB|bytes) +\S+/07\.png", output);

        (code, output, error) =
            await CliProcess.Run("outliers", index, "--top", "3", "--out", _folder.At("odd.json"), "--page", page,
            "--sheet", sheet, "--json", "--quiet");
        Assert.True(code == 0, error);
        Assert.Equal(3, JsonDocument.Parse(output).RootElement.GetProperty("outliers").GetArrayLength());
        Assert.Equal(3, JsonDocument.Parse(File.ReadAllBytes(_folder.At("odd.json"))).RootElement.GetArrayLength());

        (code, _, error) = await CliProcess.Run(
            "search", index, Path.Combine(_images, "07.png"), "--top", "3", "--page", _folder.At("found.html"), "--quiet");
        Assert.True(code == 0, error);
        Assert.Equal(4, File.ReadAllText(_folder.At("found.html")).Split("data:image/").Length - 1);
    }

    [Fact]
    public async Task Mirrored_copies_are_found_where_asked_for()
    {
        var image = Shapes.Open(80, 48).Train.Load(11);
        var mirrored = new RgbImage(48, 48);
        for (var i = 0; i < 48 * 48; i++)
            image.Pixels.Slice(3 * i, 3).CopyTo(mirrored.Pixels[(3 * (i / 48 * 48 + 47 - i % 48))..]);
        ImageCodec.WritePng(Path.Combine(_images, "11-mirrored.png"), mirrored);
        using (var embedder = Embedder.Open(_run, new() { BothWays = true, Normalize = true, Precision = Precision.Float32 }))
        {
            Assert.Equal(embedder.Embed(image), embedder.Embed(mirrored), (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Throws<EmbeddingException>(() => IndexOrigin.Of(embedder));
            var index = ImageIndex.Comparing(embedder, [ImageFolder.Gather([_images])]).Index;
            Assert.Throws<EmbeddingException>(() => IndexFile.Write(_folder.At("kept"), index));
            Assert.Throws<EmbeddingException>(() => ImageIndex.Empty(index.Origin with { IsKept = true }).Updated(embedder, []));
        }
        var arguments = new[] { "duplicates", _images, "--run", _run, "--threshold", "0.9999", "--json", "--quiet" };
        Assert.False(Found(await CliProcess.Run(arguments)));
        Assert.True(Found(await CliProcess.Run([.. arguments, "--mirrored"])));
        CliProcess.FailedInOneLine(await CliProcess.Run("duplicates", _folder.Write("i", [1]), "--mirrored"), 2, "--mirrored");

        static bool Found((int Code, string Output, string Error) result)
        {
            Assert.True(result.Code == 0, result.Error);
            return JsonDocument.Parse(result.Output).RootElement.GetProperty("groups").EnumerateArray().Any(group =>
                new[] { "11.png", "11-mirrored.png" }
                    .All(name => group.GetRawText().Contains($"/{name}\"", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Wrong_usage_is_one_line_that_says_what_to_do()
    {
        CliProcess.FailedInOneLine(await CliProcess.Run("duplicates", _images), 2, "--run RUN");
        CliProcess.FailedInOneLine(await CliProcess.Run("duplicates", _images, "--run", _run, "--out", "g.txt"), 1,
            ".csv or .json");
        CliProcess.FailedInOneLine(await CliProcess.Run("outliers", _folder.At("nothing"), "--run", _run), 1,
            "There is no folder");
        var index = _folder.Write("i", [1, 2, 3]);
        CliProcess.FailedInOneLine(await CliProcess.Run("outliers", index, "--run", _run), 2, "leave out --run");
        CliProcess.FailedInOneLine(await CliProcess.Run("outliers", index), 1, "damaged");
    }

    private static bool IsCopy(JsonElement group)
    {
        var names = group.GetProperty("pictures").EnumerateArray()
            .Select(p => Path.GetFileName(p.GetProperty("picture").GetString())).ToList();
        return names is ["07.png", "07-copy.jpg"]; // that of more bytes first, although the other comes first in the index
    }
}
