using System.Text.Json;
using SimClr.Data;
using SimClr.Images;
using SimClr.Search;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Search;

/// <summary>The first of a group of duplicates is the one to keep, and files say why.</summary>
public sealed class WorthKeepingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_most_pixels_come_first_then_the_most_bytes_the_oldest_and_the_first_by_name_and_what_is_gone_last()
    {
        var small = Image("a-small.png", 20, 10, year: 1990);
        var gone = Image("b-gone.png", 90, 90, year: 1990);
        var newer = Image("c-newer.png", 40, 30, year: 2021);
        var older = Image("d-older.png", 40, 30, year: 2011);
        var same = Image("e-same.png", 40, 30, year: 2011);
        var heavy = Image("f-heavy.png", 30, 40, year: 2022, padding: 500);
        var changed = Image("g-changed.png", 90, 90, year: 1990);
        var broken = _folder.Write("h-broken.png", [1, 2, 3]);
        var index = Index(small, gone, newer, older, same, heavy, changed, broken);
        File.Delete(gone);
        File.SetLastWriteTimeUtc(changed, new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var search = DuplicateSearch.Find(index, 0.9);
        var group = Assert.Single(search.WorthFirst(search.Groups(0.9)));
        Assert.Equal([heavy, older, same, newer, small, gone, changed, broken], group.Images.Select(i => index.Images[i].Image));
        Assert.Equal(group.Images.Select(i => MadeIndex.Cosine(Row(group.Images[0]), Row(i))), group.ToFirst,
            (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(1, group.ToFirst[0]);
        Assert.Equal([true, true, true, true, true, false, false, false], group.Facts.Select(facts => facts is not null));
        Assert.True(group.HasKept);
        Assert.False(search.Groups(0.9)[0].HasKept);

        FoundFile.WriteGroups(_folder.At("g.csv"), index, [group]);
        var lines = File.ReadAllLines(_folder.At("g.csv"));
        Assert.Equal("group,picture,class,similarity,width,height,bytes,modified", lines[0]);
        Assert.Equal($"1,{heavy},,1.000000,30,40,{new FileInfo(heavy).Length},2022-01-02T03:04:05Z", lines[1]);
        Assert.EndsWith(",,,,", lines[^1], StringComparison.Ordinal);
        FoundFile.WriteGroups(_folder.At("g.json"), index, [group]);
        var images = JsonDocument.Parse(File.ReadAllBytes(_folder.At("g.json"))).RootElement[0].GetProperty("pictures");
        Assert.Equal((30, 40, "2022-01-02T03:04:05Z"), (images[0].GetProperty("width").GetInt32(),
            images[0].GetProperty("height").GetInt32(), images[0].GetProperty("modified").GetString()));
        Assert.Equal(JsonValueKind.Null, images[7].GetProperty("bytes").ValueKind);
    }

    [Fact]
    public void Records_and_shapes_have_their_known_size_and_other_bytes_none()
    {
        var path = _folder.Write("data_batch_1.bin", new byte[2 * 3073]);
        Assert.Equal(new ImageFacts(32, 32, null, null), new IndexedImage($"{path}, record 1", null, "-").Facts());
        Assert.Null(new IndexedImage($"{path}, record 2", null, "-").Facts());
        var stamp = Shapes.Open(40, 48).Test.Fingerprint;
        Assert.Equal(new ImageFacts(48, 48, null, null), new IndexedImage("shapes test 7", null, stamp).Facts());
        Assert.Null(new IndexedImage("shapes test 100", null, stamp).Facts());
        Assert.Null(new IndexedImage("/etc/hostname", null, "1/1").Facts());
        Assert.Null(new IndexedImage("anything", null, "").Facts());
    }

    [Fact]
    public void Only_headers_are_read()
    {
        var path = Image("whole.png", 50, 60, year: 2000);
        var bytes = File.ReadAllBytes(path);
        Array.Fill(bytes, (byte)0, 60, bytes.Length - 60); // pixels that cannot be decoded
        File.WriteAllBytes(path, bytes);
        var image = Index(path, path).Images[0];
        Assert.Throws<DataException>(() => image.Load(32));
        Assert.Equal((50, 60), (image.Facts()!.Width, image.Facts()!.Height));
    }

    private static float[] Row(int i) => [1, 0.01f * i, 0];

    private static ImageIndex Index(params string[] files)
    {
        var images = ImageFolder.Gather(files);
        return new(new("/runs/none", "0", 0, 32, 3), [.. files.Select((_, i) => ImageStamp.Of(images, i))],
            [.. files.SelectMany((_, i) => MadeIndex.Of([Row(i)]).Vector(0).ToArray())]);
    }

    private string Image(string name, int width, int height, int year, int padding = 0)
    {
        var path = _folder.Write(name, [.. ImageCodec.EncodePng(new RgbImage(width, height)), .. new byte[padding]]);
        File.SetLastWriteTimeUtc(path, new DateTime(year, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        return path;
    }
}
