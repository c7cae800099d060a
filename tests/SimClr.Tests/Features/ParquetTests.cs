using Parquet;
using SimClr.Search;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Features;

/// <summary>Parquet files, read back by the library that others read them with.</summary>
public sealed class ParquetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3, 5, 1)]
    [InlineData(512, 8192, 1)] // exactly a group of rows
    [InlineData(512, 9000, 2)]
    [InlineData(2, 0, 0)]
    public async Task Rows_come_back_to_the_last_bit(int dimension, int count, int groups)
    {
        var path = _folder.At("v.parquet");
        float[] Vector(int row) => [.. Enumerable.Range(0, dimension).Select(i => MathF.Sin(row * dimension + i))];
        using (var file = VectorFile.Create(path, dimension))
        {
            for (var i = 0; i < count; i++) file.Add($"ü{i},\"x\".jpg", i % 2 == 0 ? null : "cat", Vector(i));
            Assert.False(File.Exists(path));
            Assert.Equal(count, file.Count);
            file.Finish();
        }
        Assert.Single(Directory.GetFiles(_folder.FullPath));
        await using var reader = await ParquetReader.CreateAsync(path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(groups, reader.RowGroupCount);
        Assert.Equal(["picture", "class", "vector"], reader.Schema.Fields.Select(field => field.Name));
        var fields = reader.Schema.GetDataFields();
        var row = 0;
        for (var g = 0; g < groups; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var rows = (int)group.RowCount;
            var (names, classes) = (new string?[rows], new string?[rows]);
            await group.ReadAsync(fields[0], names.AsMemory());
            await group.ReadAsync(fields[1], classes.AsMemory());
            var (values, definitions, repetitions) =
                (new float[rows * dimension], new int[rows * dimension], new int[rows * dimension]);
            await group.ReadRawAsync<float>(fields[2], values, definitions.AsMemory(), repetitions.AsMemory());
            Assert.Equal(rows, repetitions.Count(level => level == 0));
            for (var i = 0; i < rows; i++, row++)
            {
                Assert.Equal(($"ü{row},\"x\".jpg", row % 2 == 0 ? null : "cat"), (names[i], classes[i]));
                Assert.Equal(0, repetitions[i * dimension]);
                Assert.True(Vector(row).AsSpan().SequenceEqual(values.AsSpan(i * dimension, dimension)));
            }
        }
        Assert.Equal(count, row);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(10, "10")]
    public async Task A_file_of_means_says_over_how_many_views(int views, string? kept)
    {
        using (var file = VectorFile.Create(_folder.At("v.parquet"), 2, views))
        {
            file.Add("a", null, [1, 2]);
            file.Finish();
        }
        await using var reader = await ParquetReader.CreateAsync(
            _folder.At("v.parquet"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(kept, reader.CustomMetadata.GetValueOrDefault("use_views"));
    }

    [Fact]
    public void Unfinished_files_leave_nothing()
    {
        using (var file = VectorFile.Create(_folder.At("v.parquet"), 2)) file.Add("a", null, [1, 2]);
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
        Assert.ThrowsAny<IOException>(() => VectorFile.Create(_folder.At("no/v.parquet"), 2));
    }
}
