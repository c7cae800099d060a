using System.Diagnostics;
using System.Text.Json;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Postgres;
using SimClr.Search;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Postgres;

/// <summary>Indexes in a real PostgreSQL server with pgvector, compared with the same indexes in files.</summary>
public sealed class PostgresIndexTests : IClassFixture<PostgresServer>, IDisposable
{
    private readonly PostgresServer _server;
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;
    private readonly string _images;

    public PostgresIndexTests(PostgresServer server)
    {
        _server = server;
        _run = _folder.At("run");
        TorchRuntime.EnsureLoaded();
        TrainedLook.Run(new()
        {
            Model = new() { Width = 0.25, ImageSize = 16, Normalization = NormalizationKind.Cifar10 },
        }, _run);
        _images = _folder.At("it's a \"folder\"; --");
        Directory.CreateDirectory(_images);
        for (var i = 0; i < 12; i++) Image($"{i}.png", i);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_index_follows_its_folder_and_finds_what_a_file_finds()
    {
        _server.RequireVector();
        var database = _server.Database();
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var origin = IndexOrigin.Of(embedder);
        using var index = PostgresImageIndex.Open(database);
        Assert.Null(index.Origin);
        Assert.Equal(new IndexUpdate(12, 0, 0, 0), Update(index, embedder, origin));
        Assert.Equal(new IndexUpdate(0, 12, 0, 0), Update(index, embedder, origin));
        File.Delete(Path.Combine(_images, "0.png"));
        Image("1.png", 20);
        File.SetLastWriteTimeUtc(Path.Combine(_images, "1.png"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Image("new.png", 21);
        File.WriteAllText(Path.Combine(_images, "bad.png"), "not an image");
        Assert.Equal(new IndexUpdate(2, 10, 2, 1), Update(index, embedder, origin));

        using var file = FileImageIndex.Open(_folder.At("file"));
        Assert.Equal(new IndexUpdate(12, 0, 0, 1), Update(file, embedder, origin));
        using var again = PostgresImageIndex.Open(database);
        Assert.Equal((origin, 12), (again.Origin!, again.Count));
        var query = embedder.Embed(Shapes.Open(40, 24).Train.Load(30));
        var (expected, found) = (file.Search(query, 5), again.Search(query, 5));
        Assert.Equal(expected.Select(hit => hit.Image), found.Select(hit => hit.Image));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Similarity, pair.Second.Similarity, 1e-5));
        Assert.Equal(12, again.Search(query, 100).Count);
        Assert.Throws<ArgumentException>(() => again.Search(new float[3], 3));
        Assert.Throws<ArgumentException>(() => again.Search(new float[origin.Dimension].Select(_ => float.NaN).ToArray(), 3));
        Assert.All(again.Search(new float[origin.Dimension], 3), hit => Assert.Equal(0, hit.Similarity));
    }

    [Fact]
    public void Names_are_no_sql_and_indexes_of_one_database_do_not_mix()
    {
        _server.RequireVector();
        var database = _server.Database();
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var origin = IndexOrigin.Of(embedder);
        const string hostile = "x'); DROP TABLE simclr_indexes; --";
        using (var first = PostgresImageIndex.Open(database)) Update(first, embedder, origin);
        using (var second = PostgresImageIndex.Open(database, new() { Name = hostile }))
            second.Update(embedder, origin, [Shapes.Open(40, 16).Test]);
        using var images = PostgresImageIndex.Open(database);
        using var shapes = PostgresImageIndex.Open(database, new() { Name = hostile });
        Assert.Equal((12, Shapes.Open(40, 16).Test.Count), (images.Count, shapes.Count));
        Assert.NotNull(shapes.Search(embedder.Embed(Shapes.Open(40, 16).Test.Load(3)), 1)[0].ClassName);
        Assert.Throws<EmbeddingException>(() => PostgresImageIndex.Open(database, new() { Name = "  " }));
        Assert.Throws<EmbeddingException>(() => PostgresImageIndex.Open(database, new() { Candidates = 0 }));
    }

    [Fact]
    public void What_stops_an_update_leaves_the_index_as_it_was()
    {
        _server.RequireVector();
        var database = _server.Database();
        using var embedder = Embedder.Open(_run, new() { Normalize = true, BatchSize = 2 });
        var origin = IndexOrigin.Of(embedder);
        using var index = PostgresImageIndex.Open(database);
        Update(index, embedder, origin);
        File.Delete(Path.Combine(_images, "0.png"));
        for (var i = 20; i < 30; i++) Image($"{i}.png", i);
        var tables = Tables();

        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => index.Update(embedder, origin, Parts(), progress: new Call(count =>
        {
            // Others can search it meanwhile, and cannot update it.
            using var other = PostgresImageIndex.Open(database);
            Assert.Equal(12, other.Search(new float[origin.Dimension], 100).Count);
            Assert.Contains("Another process is updating pictures in the database",
                Assert.Throws<EmbeddingException>(() => Update(other, embedder, origin)).Message, StringComparison.Ordinal);
            if (count > 2) stop.Cancel();
        }), cancellationToken: stop.Token));
        Unchanged();

        // The server ends the connection, as it does when the process at this end is killed. Other vectors: all is made anew.
        var gone = Assert.Throws<EmbeddingException>(() =>
            index.Update(embedder, origin with { EncoderSha256 = "other" }, Parts(),
            progress: new Call(count =>
            {
                if (count == 3)
                    PostgresServer.Run(_server.Connection("postgres"), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        + "WHERE application_name = 'simclr' AND state <> 'idle' AND query LIKE 'COPY%'");
            })));
        Assert.DoesNotContain('\n', gone.Message);
        Unchanged();
        Assert.Equal(10, Update(index, embedder, origin).Added);

        void Unchanged()
        {
            using var same = PostgresImageIndex.Open(database);
            Assert.Equal((origin, 12), (same.Origin!, same.Count));
            Assert.Equal(12, same.Search(new float[origin.Dimension], 100).Count);
            Assert.Equal(tables, Tables());
        }

        object? Tables() => PostgresServer.Run(database, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'simclr%'");
    }

    [Fact]
    public void Another_encoder_makes_all_vectors_again_and_readers_of_the_old_are_told()
    {
        _server.RequireVector();
        var database = _server.Database();
        using var h = Embedder.Open(_run, new() { Normalize = true });
        var origin = IndexOrigin.Of(h);
        using var reader = PostgresImageIndex.Open(database);
        Update(reader, h, origin);
        using var writer = PostgresImageIndex.Open(database);
        using var larger = Embedder.Open(_run, new() { Normalize = true, ImageSize = 24 });
        Assert.Equal(new IndexUpdate(12, 0, 0, 0), Update(writer, larger, IndexOrigin.Of(larger)));
        Assert.Contains("made again with another encoder",
            Assert.Throws<EmbeddingException>(() =>
                reader.Search(new float[origin.Dimension], 3)).Message, StringComparison.Ordinal);
        Assert.Equal(12, writer.Search(new float[origin.Dimension], 100).Count);
        Assert.Equal(1L, PostgresServer.Run(database, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'simclr_pictures%'"));
    }

    [Fact]
    public void An_index_keeps_over_how_many_views_its_vectors_are_means()
    {
        _server.RequireVector();
        var database = _server.Database();
        using (var embedder = Embedder.Open(_run, new() { UseViews = 10 }))
        using (var index = PostgresImageIndex.Open(database))
            Assert.Equal(12, Update(index, embedder, IndexOrigin.Of(embedder)).Added);
        using var read = PostgresImageIndex.Open(database);
        using var own = read.Origin!.OpenEmbedder();
        Assert.Equal(10, own.UseViews);
        Assert.Equal(12, Update(read, own, read.Origin).Kept);
        var hit = read.Search(own.Embed(Path.Combine(_images, "3.png")), 1)[0];
        Assert.Equal((Path.Combine(_images, "3.png"), 1), (hit.Image, Math.Round(hit.Similarity, 2))); // bfloat16
        using var ofOne = Embedder.Open(_run);
        Assert.Throws<EmbeddingException>(() => Update(read, ofOne, read.Origin));
    }

    [Fact]
    public void A_graph_is_made_once_and_followed_on_request_only()
    {
        _server.RequireVector();
        var database = _server.Database();
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var origin = IndexOrigin.Of(embedder);
        using (var plain = PostgresImageIndex.Open(database)) Update(plain, embedder, origin);
        using var approximate = PostgresImageIndex.Open(database, new() { Hnsw = true, Approximate = true });
        Assert.Contains("has no HNSW graph",
            Assert.Throws<EmbeddingException>(() =>
                approximate.Search(new float[origin.Dimension], 3)).Message, StringComparison.Ordinal);
        Update(approximate, embedder, origin);
        Update(approximate, embedder, origin);
        Assert.Equal(1L, PostgresServer.Run(database, "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%hnsw%'"));
        var query = embedder.Embed(Shapes.Open(40, 24).Train.Load(30));
        using var exact = PostgresImageIndex.Open(database);
        // So few are all in view: the graph misses none.
        Assert.Equal(exact.Search(query, 5).Select(hit => hit.Image), approximate.Search(query, 5).Select(hit => hit.Image));
    }

    [Fact]
    public void What_is_wrong_with_a_server_is_said_in_one_line_without_the_password()
    {
        _server.Require();
        var database = _server.Database();
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database!;
        Refused(_server.Connection(name, password: "mistaken"), "refuses the password of owner");
        Refused(_server.Connection("nothing"), "There is no database nothing");
        Refused("Host=127.0.0.1;Port=1;Database=d;Username=u;Password=mistaken",
            "No PostgreSQL server answers for the database d at 127.0.0.1:1");
        Refused("Host=127.0.0.1;Passwort=mistaken", "not understood");
        Refused("postgresql://u:mistaken@127.0.0.1:1/d?sslmode=nonsense", "not understood");
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var origin = IndexOrigin.Of(embedder);
        PostgresServer.Run(database, $"ALTER DATABASE {name} SET default_transaction_read_only = on");
        using (var index = PostgresImageIndex.Open(database))
        {
            Assert.Contains("can only be read", Assert.Throws<EmbeddingException>(() => Update(index, embedder, origin)).Message,
                StringComparison.Ordinal);
            Assert.Contains("There is no index pictures in the database",
                Assert.Throws<EmbeddingException>(() =>
                    index.Search(new float[origin.Dimension], 1)).Message, StringComparison.Ordinal);
        }
        if (_server.MissingVector is null) return;
        using var without = PostgresImageIndex.Open(_server.Database());
        Assert.Contains("has no pgvector", Assert.Throws<EmbeddingException>(() => Update(without, embedder, origin)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_index_and_search_with_a_connection_string()
    {
        _server.RequireVector();
        var database = _server.Database();
        var (code, output, error) = await CliProcess.Run("index", _run, _images, "--out", database, "--name", "mine", "--json",
            "--quiet");
        Assert.True(code == 0, error);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((12, 12), (json.GetProperty("count").GetInt32(), json.GetProperty("added").GetInt32()));
        Assert.DoesNotContain("cr=et", output + error, StringComparison.Ordinal);
        (code, output, error) =
            await CliProcess.Run("search", database, Path.Combine(_images, "3.png"), "--name", "mine", "--top", "2", "--json");
        Assert.True(code == 0, error);
        var found = JsonDocument.Parse(output).RootElement[0].GetProperty("found");
        Assert.Equal((2, Path.Combine(_images, "3.png")), (found.GetArrayLength(),
            found[0].GetProperty("picture").GetString()));
        CliProcess.FailedInOneLine(await CliProcess.Run("search", database, Path.Combine(_images, "3.png"), "--json"), 1,
            "There is no index pictures in the database photos");
    }

    [Fact]
    public async Task A_killed_update_leaves_the_index_as_it_was()
    {
        _server.RequireVector();
        var database = _server.Database();
        using (var embedder = Embedder.Open(_run, new() { Normalize = true }))
        using (var index = PostgresImageIndex.Open(database)) Update(index, embedder, IndexOrigin.Of(embedder));
        using var process = CliProcess.Start(["index", _run, "shapes:100000", "--out", database, "--quiet"]);
        var patience = Stopwatch.StartNew();
        while (!process.HasExited && patience.Elapsed < TimeSpan.FromMinutes(1) && PostgresServer.Run(database,
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY %simclr%' "
            + "AND datname = current_database()") is not 1L)
            await Task.Delay(20);
        Assert.False(process.HasExited);
        process.Kill();
        await process.WaitForExitAsync();
        using var same = PostgresImageIndex.Open(database);
        Assert.Equal((12, 12), (same.Count, same.Search(new float[same.Origin!.Dimension], 100).Count));
    }

    private static void Refused(string connection, string words)
    {
        var e = Assert.Throws<EmbeddingException>(() => PostgresImageIndex.Open(connection));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain("mistaken", e.ToString(), StringComparison.Ordinal);
    }

    private void Image(string name, int shape) =>
        ImageCodec.WritePng(Path.Combine(_images, name), Shapes.Open(40, 24).Train.Load(shape));

    private IReadOnlyList<IImageDataset> Parts() => [DatasetSource.Open(_images, 16).Train];

    private IndexUpdate Update(IImageIndex index, Embedder embedder, IndexOrigin origin) =>
        index.Update(embedder, origin, Parts());

    private sealed class Call(Action<int> action) : IProgress<int>
    {
        public void Report(int value) => action(value);
    }
}
