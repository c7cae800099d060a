using SimClr.Classification;
using SimClr.Features;
using SimClr.Files;
using SimClr.Reporting;
using SimClr.Search;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Threads;

/// <summary>Two processes write one file at the same time: one wins, the other gets an error, and the file is whole.</summary>
public sealed class ConcurrentWritersTests : IDisposable
{
    private const int Pairs = 50, Rows = 40, Dimension = 8;

    private static readonly ImageIndex Index = MadeIndex.Of(MadeIndex.Rows(Rows, Dimension));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("v.csv")]
    [InlineData("v.npy")]
    [InlineData("v.parquet")]
    public void Of_vectors(string name) => Race(name, (path, begun) =>
    {
        using var file = VectorFile.Create(path, Dimension);
        begun();
        for (var i = 0; i < Rows; i++) file.Add($"{i}", null, Index.Vector(i));
        file.Finish();
    });

    [Fact]
    public void Of_probabilities() => Race("p.csv", (path, begun) =>
    {
        using var file = ProbabilityFile.Create(path, 1);
        begun();
        for (var i = 0; i < Rows; i++) file.Add($"{i}", [new("class", 0.5)]);
        file.Finish();
    });

    [Theory]
    [InlineData("o.csv")]
    [InlineData("o.json")]
    public void Of_what_was_found(string name) => Race(name, (path, begun) =>
    {
        using var file = AtomicFile.Create(path);
        begun();
        FoundFile.WriteOutliers(file, Index, [.. Enumerable.Range(0, Rows).Select(i => new Outlier(i, 0.5, []))]);
    });

    [Fact]
    public void Of_pages() => Race("p.html", (path, begun) =>
    {
        using var file = AtomicFile.Create(path);
        begun();
        ImagePage.Write(file, "title", "lead", [new("section", [new("name", "caption", () => null)])]);
    });

    [Fact]
    public void Of_indexes() => Race("x.index", (path, begun) =>
    {
        using var file = IndexFile.Begin(path, 0);
        begun();
        IndexFile.Write(file, Index);
    });

    /// <summary>Both begin at once and wait, once begun, until the other has begun or was told.</summary>
    private void Race(string name, Action<string, Action> write)
    {
        var path = _folder.At(name);
        write(path, () => { });
        var files = Files();
        foreach (var file in files) File.Delete(file);
        var sizes = new HashSet<long>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            using var both = new Barrier(2);
            var told = 0;
            Parallel.Invoke([.. Enumerable.Repeat(() =>
            {
                try
                {
                    write(path, () => both.SignalAndWait());
                }
                catch (Exception e) when (e is IOException or EmbeddingException)
                {
                    Assert.Contains("is writing it", e.Message, StringComparison.Ordinal);
                    Interlocked.Increment(ref told);
                    both.SignalAndWait();
                }
            }, 2)]);
            Assert.Equal(1, told);
            Assert.Equal(files, Files());
            sizes.Add(new FileInfo(path).Length);
        }
        Assert.Single(sizes);

        List<string> Files() => [.. Directory.GetFiles(_folder.FullPath).Order(StringComparer.Ordinal)];
    }
}
