using System.Text.Json;
using SimClr.Features;
using SimClr.Search;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Search;

/// <summary>Images that resemble nothing, and files of what was found.</summary>
public sealed class OutlierSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(500)]
    public void Outliers_are_those_of_all_pairs(int neighbors)
    {
        var rows = MadeIndex.Rows(150, 20);
        var found = OutlierSearch.Find(MadeIndex.Of(rows), neighbors, count: 5);
        var expected = Enumerable.Range(0, 150)
            .Select(i => (Row: i, Mean: Enumerable.Range(0, 150).Where(j => j != i)
                .Select(j => MadeIndex.Cosine(rows[i], rows[j]))
                .OrderDescending().Take(neighbors).Average()))
            .OrderBy(image => image.Mean).Take(5).ToList();
        Assert.Equal(expected.Select(image => image.Row), found.Select(outlier => outlier.Image));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Mean, pair.Second.Similarity, 1e-5));
        Assert.All(found, outlier => Assert.DoesNotContain(outlier.Nearest, near => near.Second == outlier.Image));
        Assert.All(found, outlier => Assert.Equal(Math.Min(neighbors, 149), outlier.Nearest.Count));
    }

    [Fact]
    public void The_share_that_is_done_is_told_to_the_end()
    {
        var shares = new List<double>();
        OutlierSearch.Find(MadeIndex.Of(MadeIndex.Rows(20, 4)), progress: new Shares(shares));
        Assert.Equal([1], shares);
    }

    private sealed class Shares(List<double> told) : IProgress<double>
    {
        public void Report(double value) => told.Add(value);
    }

    [Fact]
    public void One_image_has_nothing_to_be_unlike()
    {
        Assert.Empty(OutlierSearch.Find(MadeIndex.Of([])));
        Assert.Empty(OutlierSearch.Find(MadeIndex.Of(MadeIndex.Rows(1, 4))));
        Assert.Equal(2, OutlierSearch.Find(MadeIndex.Of(MadeIndex.Rows(2, 4))).Count);
    }

    [Fact]
    public void Names_in_files_stay_what_they_are()
    {
        var origin = new IndexOrigin("/runs/none", "0", 0, 32, 2);
        const string odd = "a,\"b\"\nc.jpg";
        var index = new ImageIndex(origin, [new(odd, "cat, or dog", "1"), new("ü.jpg", null, "1")], [1, 0, 0, 1]);
        var (csv, json) = (_folder.At("g.csv"), _folder.At("g.json"));
        FoundFile.WriteGroups(csv, index, [new([0, 1], 0.5, [1, 0.25])]);
        Assert.Equal(
            "group,picture,class,similarity,width,height,bytes,modified\n1,\"a,\"\"b\"\"\nc.jpg\",\"cat, or dog\",1.000000,,,,\n"
            + "1,ü.jpg,,0.250000,,,,\n",
            File.ReadAllText(csv));
        FoundFile.WriteGroups(json, index, [new([0, 1], 0.5, [1, 0.25])]);
        var group = JsonDocument.Parse(File.ReadAllBytes(json)).RootElement[0];
        Assert.Equal(0.5, group.GetProperty("weakest").GetDouble());
        Assert.Equal(odd, group.GetProperty("pictures")[0].GetProperty("picture").GetString());
        Assert.Equal(JsonValueKind.Null, group.GetProperty("pictures")[1].GetProperty("class").ValueKind);
        FoundFile.WriteOutliers(csv, index, [new(1, 0.125, [])]);
        Assert.Equal("rank,picture,class,similarity\n1,ü.jpg,,0.125000\n", File.ReadAllText(csv));
        FoundFile.WriteOutliers(json, index, []);
        Assert.Equal(0, JsonDocument.Parse(File.ReadAllBytes(json)).RootElement.GetArrayLength());
        Assert.Throws<EmbeddingException>(() => FoundFile.WriteGroups(_folder.At("g.txt"), index, []));
        Assert.ThrowsAny<IOException>(() => FoundFile.WriteGroups(_folder.At("no/g.csv"), index, []));
        Assert.Equal(2, Directory.GetFiles(_folder.FullPath).Length);
    }
}
