using System.Globalization;
using System.Text;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Runs;
using SimClr.Search;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Vectors for files and search, with a small encoder that was hardly trained.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public EmbeddingTests()
    {
        var options = new PretrainingOptions
        {
            Model = new() { Width = 0.25, ImageSize = 16 },
            Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            BatchSize = 20,
            Views = new() { Blur = 0 },
        };
        _run = _folder.At("run");
        Pretrainer.Run(options, "shapes:60", _run);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Vectors_are_evaluations_features_and_the_same_alone_or_in_batches()
    {
        using var embedder = Embedder.Open(_run, new() { BatchSize = 7, Precision = Precision.Float32 });
        var test = Shapes.Open(40, 16).Test;
        var vectors = embedder.Embed(test).ToList();
        Assert.Equal(Enumerable.Range(0, test.Count), vectors.Select(image => image.Index));
        Assert.All(vectors, image => Assert.Equal(embedder.Dimension, image.Vector.Length));
        var alone = embedder.Embed(test.Load(5));
        // float32 sums in another order for another batch size.
        Assert.All(alone.Zip(vectors[5].Vector), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.NotEqual(vectors[4].Vector, vectors[5].Vector);
    }

    [Fact]
    public void Length_one_and_layers_of_the_head_are_given_on_request()
    {
        using var z = Embedder.Open(_run, new() { Layer = 2, Normalize = true });
        var image = Shapes.Open(40, 16).Test.Load(0);
        Assert.Equal(128, z.Dimension);
        Assert.Equal(1, z.Embed(image).Sum(value => (double)value * value), 1e-5);
        Assert.Throws<SettingsException>(() => Embedder.Open(_run, new() { Layer = 3 }));
        Assert.Equal("Layer", Assert.Throws<SettingsException>(() => Embedder.Open(_run, new() { Layer = -1 })).Setting);
        Assert.Throws<SettingsException>(() => Embedder.Open(_run, new() { ImageSize = 4 }));
        Assert.Throws<RunFolderException>(() => Embedder.Open(_folder.At("nothing")));
    }

    [Fact]
    public void Images_that_cannot_be_read_are_named_and_left_out()
    {
        using var images = new BrokenImages(40);
        using var embedder = Embedder.Open(_run);
        var words = new ListLogger();
        var data = DatasetSource.Open(images.FullPath, 16).Train;
        Assert.Equal(data.Count - images.Broken, embedder.Embed(data, words).Count());
        Assert.Equal(images.Broken, words.Lines.Count);
        Assert.All(words.Lines, word => Assert.Contains(images.FullPath, word, StringComparison.Ordinal));
    }

    [Fact]
    public void Npy_files_hold_what_numpy_expects()
    {
        using (var file = VectorFile.Create(_folder.At("v.npy"), 3))
        {
            file.Add("a,\"b\".jpg", "cat", [1, 2, -0.5f]);
            file.Add("c.jpg", null, [float.MaxValue, 0, 4]);
            Assert.False(File.Exists(_folder.At("v.npy")));
            file.Finish();
        }
        var bytes = File.ReadAllBytes(_folder.At("v.npy"));
        Assert.Equal("93-4E-55-4D-50-59-01-00-76-00", BitConverter.ToString(bytes, 0, 10)); // magic, 1.0, 118 bytes of header
        var header = Encoding.ASCII.GetString(bytes, 10, 118);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", header.TrimEnd());
        Assert.Equal('\n', header[^1]);
        Assert.Equal(128 + 2 * 3 * 4, bytes.Length);
        Assert.Equal([1, 2, -0.5f, float.MaxValue, 0, 4],
            Enumerable.Range(0, 6).Select(i => BitConverter.ToSingle(bytes, 128 + 4 * i)));
        Assert.Equal("picture,class\n\"a,\"\"b\"\".jpg\",cat\nc.jpg,\n", File.ReadAllText(_folder.At("v.pictures.csv")));
    }

    [Fact]
    public void Csv_files_give_numbers_back_to_the_last_bit_and_unfinished_files_leave_nothing()
    {
        using (var file = VectorFile.Create(_folder.At("v.csv"), 2))
        {
            file.Add("a", null, [0.1f, 1f / 3]);
            file.Finish();
        }
        var lines = File.ReadAllLines(_folder.At("v.csv"));
        Assert.Equal("picture,class,v0,v1", lines[0]);
        Assert.Equal(1f / 3, float.Parse(lines[1].Split(',')[3], CultureInfo.InvariantCulture));
        var before = Directory.GetFiles(_folder.FullPath);
        using (var file = VectorFile.Create(_folder.At("w.npy"), 2)) file.Add("a", null, [1, 2]);
        Assert.Equal(before, Directory.GetFiles(_folder.FullPath));
        Assert.Throws<EmbeddingException>(() => VectorFile.Create(_folder.At("v.txt"), 2));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(100, 7)]
    [InlineData(1003, 64)]
    public void Search_finds_what_sorting_all_cosines_finds(int n, int d)
    {
        var random = new CounterRandom(3, 0, 0, 0, DrawPurpose.View);
        float[] Row() => [.. Enumerable.Range(0, d).Select(_ => (float)(random.NextDouble() - 0.5))];
        var rows = Enumerable.Range(0, n).Select(_ => Unit(Row())).ToList();
        if (n > 10) rows[9] = rows[2]; // of equal ones the first comes first
        var query = n > 10 ? rows[2] : Row();
        var expected = rows.Select((row, i) => (Row: i, Cosine: row.Zip(Unit(query)).Sum(p => (double)p.First * p.Second)))
            .OrderByDescending(hit => Math.Round(hit.Cosine, 6)).ThenBy(hit => hit.Row).Take(10).ToList();
        float[] all = [.. rows.SelectMany(row => row)];
        foreach (var threads in new[] { 1, 3 })
        {
            var found = ExactSearch.Nearest(all, query, Math.Min(10, n), threads);
            Assert.Equal(expected.Select(hit => hit.Row), found.Select(hit => hit.Row));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Cosine, pair.Second.Similarity, 1e-5));
        }
    }

    [Fact]
    public void An_index_follows_its_folder()
    {
        var images = _folder.At("images");
        Directory.CreateDirectory(images);
        var shapes = Shapes.Open(40, 24).Train;
        for (var i = 0; i < 6; i++) ImageCodec.WritePng(Path.Combine(images, $"{i}.png"), shapes.Load(i));
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var origin = IndexOrigin.Of(embedder);
        var file = _folder.At("my.index");

        IndexUpdate Update()
        {
            var before = File.Exists(file) ? IndexFile.Read(file) : ImageIndex.Empty(origin);
            var (index, update) = before.Updated(embedder, [DatasetSource.Open(images, 16).Train]);
            IndexFile.Write(file, index);
            return update;
        }

        Assert.Equal(new IndexUpdate(6, 0, 0, 0), Update());
        Assert.Equal(new IndexUpdate(0, 6, 0, 0), Update());
        File.Delete(Path.Combine(images, "0.png"));
        ImageCodec.WritePng(Path.Combine(images, "1.png"), shapes.Load(7));
        File.SetLastWriteTimeUtc(Path.Combine(images, "1.png"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        ImageCodec.WritePng(Path.Combine(images, "new.png"), shapes.Load(8));
        File.WriteAllText(Path.Combine(images, "bad.png"), "not an image");
        Assert.Equal(new IndexUpdate(2, 4, 2, 1), Update());

        var read = IndexFile.Read(file);
        Assert.Equal(origin, read.Origin);
        using var again = read.Origin.OpenEmbedder();
        var hits = read.Search(again.Embed(shapes.Load(8)), 3);
        Assert.Equal(("new.png", 3), (Path.GetFileName(hits[0].Image), hits.Count));
        Assert.Equal(1, hits[0].Similarity, 1e-3); // bfloat16 in batches of another size
        Assert.Equal(6, read.Search(again.Embed(shapes.Load(8)), 100).Count);
    }

    [Fact]
    public void Damaged_indexes_and_changed_encoders_are_refused()
    {
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var origin = IndexOrigin.Of(embedder);
        var file = _folder.At("my.index");
        IndexFile.Write(file, ImageIndex.Empty(origin));
        Assert.Empty(IndexFile.Read(file).Search(new float[embedder.Dimension], 3));
        Assert.Throws<ArgumentException>(() => IndexFile.Read(file).Search(new float[3], 3));
        var missing = Assert.Throws<EmbeddingException>(() => IndexFile.Read(_folder.At("nothing")));
        Assert.Equal(_folder.At("nothing"), missing.File);
        Assert.Equal(["FileImageIndex.Update"], missing.Named);
        Assert.Throws<EmbeddingException>(() => IndexFile.Read(Path.Combine(_run, "encoder.safetensors")));
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^1]);
        Assert.Throws<EmbeddingException>(() => IndexFile.Read(file));
        Assert.Throws<EmbeddingException>(() => (origin with { EncoderSha256 = "0" }).OpenEmbedder());
        Assert.Throws<EmbeddingException>(() => (origin with { Run = _folder.At("gone") }).OpenEmbedder());
        Assert.Throws<EmbeddingException>(() => new ImageIndex(origin, [new("a", null, "1")], new float[origin.Dimension - 1]));
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_found_wherever_they_are()
    {
        foreach (var length in new[] { 1, 7, 8, 33, 64 })
        {
            var values = Enumerable.Range(0, length).Select(i => (i - 5) * 1e30f).ToArray();
            Assert.True(ExactSearch.AreFinite(values));
            foreach (var wrong in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                for (var i = 0; i < length; i++)
                    Assert.False(ExactSearch.AreFinite([.. values[..i], wrong, .. values[(i + 1)..]]));
        }
    }

    [Fact]
    public async Task Commands_embed_index_and_search()
    {
        var images = _folder.At("images");
        Directory.CreateDirectory(images);
        var shapes = Shapes.Open(40, 24).Train;
        for (var i = 0; i < 6; i++) ImageCodec.WritePng(Path.Combine(images, $"{i}.png"), shapes.Load(i));
        var (code, _, error) = await CliProcess.Run("embed", _run, images, "--out", _folder.At("v.npy"), "--quiet");
        Assert.True(code == 0, error);
        Assert.Equal(7, File.ReadAllLines(_folder.At("v.pictures.csv")).Length);
        (code, var output, error) = await CliProcess.Run("index", _run, images, "--out", _folder.At("i"), "--quiet", "--json");
        Assert.True(code == 0, error);
        Assert.Contains("\"added\":6", output, StringComparison.Ordinal);
        (code, output, error) = await CliProcess.Run("search", _folder.At("i"), Path.Combine(images, "3.png"), "--top", "2",
            "--sheet", _folder.At("found.png"), "--json", "--quiet");
        Assert.True(code == 0, error);
        var found = System.Text.Json.JsonDocument.Parse(output).RootElement[0].GetProperty("found");
        Assert.EndsWith("3.png", found[0].GetProperty("picture").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, found.GetArrayLength());
        Assert.True(ImageCodec.Decode(File.ReadAllBytes(_folder.At("found.png"))).Width > 3 * 128);
        CliProcess.FailedInOneLine(
            await CliProcess.Run("embed", _run, images, "--out", "v.txt"), 1, ".npy, .parquet or .csv");
        CliProcess.FailedInOneLine(
            await CliProcess.Run("embed", _run, images, "--out", _folder.At("w.npy"), "--batch-size", "0"), 2,
            "simclr: --batch-size must be at least 1, not 0; see simclr embed --help");
        CliProcess.FailedInOneLine(
            await CliProcess.Run("search", _folder.At("i"), "3.png", "--name", "x"), 2, "--name is for an index in PostgreSQL");
        CliProcess.FailedInOneLine(await CliProcess.Run("search", _folder.At("i"), "gone.png"), 1, "gone.png");
    }

    private static float[] Unit(float[] row)
    {
        var length = Math.Sqrt(row.Sum(value => (double)value * value));
        return Array.ConvertAll(row, value => (float)(value / length));
    }
}
