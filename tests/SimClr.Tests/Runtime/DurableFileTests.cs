using SimClr.Runtime;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Runtime;

public sealed class DurableFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_takes_its_name_when_it_is_whole()
    {
        var path = _folder.Write("file", "old"u8);
        DurableFile.Write(path, path + ".tmp", stream =>
        {
            stream.Write("new"u8);
            Assert.Equal("old", File.ReadAllText(path));
        }, aside => Assert.Equal(("new", "old"), (File.ReadAllText(aside), File.ReadAllText(path))));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.FullPath));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_failure_leaves_the_old_file_and_nothing_beside_it(bool inCheck)
    {
        var path = _folder.Write("file", "old"u8);
        Action<Stream> write = stream =>
        {
            stream.Write("half"u8);
            if (!inCheck) throw new IOException("full");
        };
        Assert.Throws<IOException>(() => DurableFile.Write(path, path + ".tmp", write, _ => throw new IOException("not right")));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void More_than_a_disk_holds_is_found_and_leaves_nothing()
    {
        DiskSpace.Try(_folder.FullPath, 1 << 20);
        Assert.InRange(DiskSpace.Free(_folder.FullPath) ?? 1, 1, long.MaxValue);
        Assert.ThrowsAny<IOException>(() => DiskSpace.Try(_folder.FullPath, 1L << 60)); // an exabyte
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }
}
