using SimClr.Files;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_takes_its_name_when_it_is_whole()
    {
        var path = _folder.Write("file", "old"u8);
        AtomicFile.Write(path, stream =>
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
        Assert.Throws<IOException>(() => AtomicFile.Write(path, write, _ => throw new IOException("not right")));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void A_second_writer_is_told_and_disturbs_nothing()
    {
        var path = _folder.Write("file", "old"u8);
        using (var first = AtomicFile.Create(path))
        {
            first.Stream.Write("first"u8);
            var refused = Assert.Throws<IOException>(() => AtomicFile.Create(path));
            Assert.Contains($"process {Environment.ProcessId} on ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("is writing it", refused.Message, StringComparison.Ordinal);
            first.Finish();
        }
        Assert.Equal("first", File.ReadAllText(path));
        using (var next = AtomicFile.Create(path)) next.Stream.Write("given up"u8);
        Assert.Equal("first", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void A_link_or_a_file_where_others_would_build_is_left_alone()
    {
        var victim = _folder.Write("victim", "precious"u8);
        var path = _folder.At("out.csv");
        File.CreateSymbolicLink(path + ".tmp", victim);
        var own = _folder.Write("other.csv.tmp", "mine"u8);
        File.CreateSymbolicLink(path, victim); // the target itself: the link is replaced, not followed
        AtomicFile.Write(path, "result"u8.ToArray());
        AtomicFile.Write(_folder.At("other.csv"), "result"u8.ToArray());
        using (var file = AtomicFile.Create(path))
        {
            file.Stream.Write("again"u8);
            file.Finish();
        }
        Assert.Equal(("precious", "again", "mine"), (File.ReadAllText(victim), File.ReadAllText(path), File.ReadAllText(own)));
        Assert.Null(new FileInfo(path).LinkTarget);
    }

    [Fact]
    public void What_killed_writers_left_goes_and_what_living_ones_write_stays()
    {
        var path = _folder.At("file");
        var killed = _folder.Write("file.1234-0123456789ab.tmp", "half"u8);
        var link = _folder.At("file.1234-aaaaaaaaaaaa.tmp");
        var victim = _folder.Write("victim", "precious"u8);
        File.CreateSymbolicLink(link, victim);
        string[] others = [_folder.Write("file.1-0123456789ab.tmp.old", "x"u8), _folder.Write("file2.1-0123456789ab.tmp", "x"u8),
            _folder.Write("file.x-0123456789ab.tmp", "x"u8), _folder.Write("file.1-0123456789AB.tmp", "x"u8)];
        AtomicFile.Write(path, stream =>
        {
            Assert.False(File.Exists(killed));
            var living = Assert.Single(Directory.GetFiles(_folder.FullPath, $"file.{Environment.ProcessId}-*.tmp"));
            AtomicFile.Write(path, "other"u8.ToArray()); // another writer's look for leftovers
            Assert.True(File.Exists(living));
            stream.Write("whole"u8);
        });
        Assert.Equal(("whole", "precious"), (File.ReadAllText(path), File.ReadAllText(victim)));
        Assert.All(others, other => Assert.True(File.Exists(other)));
        Assert.True(File.Exists(link));
    }

    [Fact]
    public void Reasons_are_told_without_the_name_of_what_is_built()
    {
        var missing = Assert.Throws<IOException>(() => AtomicFile.Create(_folder.At("no/file")));
        Assert.Equal($"{_folder.At("no/file")} cannot be written: there is no folder {_folder.At("no")}.", missing.Message);
        var folder = Assert.Throws<IOException>(() => AtomicFile.Create(_folder.FullPath));
        Assert.Contains("it is a folder", folder.Message, StringComparison.Ordinal);
        var large = Assert.ThrowsAny<IOException>(() => AtomicFile.Create(_folder.At("large"), 1L << 60)); // an exabyte
        Assert.DoesNotContain(".tmp", large.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void A_name_as_long_as_the_system_takes_is_written()
    {
        foreach (var name in new[] { new string('a', 255), string.Concat(Enumerable.Repeat("\U0001F600", 63)) })
        {
            var path = _folder.At(name);
            using var file = AtomicFile.Create(path);
            file.Stream.Write("content"u8);
            file.Finish();
            Assert.Equal("content", File.ReadAllText(path));
        }
    }

    [Fact]
    public void What_was_reserved_and_not_needed_is_given_back()
    {
        var path = _folder.At("file");
        using (var file = AtomicFile.Create(path, 1 << 20))
        {
            file.Stream.Write("content"u8);
            file.Finish();
        }
        Assert.Equal(7, new FileInfo(path).Length);
    }

    [Fact]
    public void A_claim_is_one_threads_at_a_time_and_leaves_nothing()
    {
        var lockFile = _folder.At(".lock");
        var (inside, taken, most) = (0, 0, 0);
        Parallel.For(0, 16, _ =>
        {
            for (var i = 0; i < 200; i++)
            {
                if (!FileClaim.TryTake(lockFile, out var claim, out var holder)) continue;
                var now = Interlocked.Increment(ref inside);
                if (now > 1) Interlocked.Exchange(ref most, now);
                Interlocked.Increment(ref taken);
                Thread.Yield();
                Interlocked.Decrement(ref inside);
                claim.Dispose();
            }
        });
        Assert.Equal(0, most);
        Assert.InRange(taken, 16, int.MaxValue);
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void A_claims_file_follows_no_link_and_is_the_owners_alone()
    {
        var lockFile = _folder.At(".lock");
        File.CreateSymbolicLink(lockFile, _folder.At("elsewhere"));
        Assert.Contains("is a link", Assert.Throws<IOException>(() => FileClaim.TryTake(lockFile, out var _, out var _)).Message);
        Assert.False(File.Exists(_folder.At("elsewhere")));
        File.Delete(lockFile);
        Assert.True(FileClaim.TryTake(lockFile, out var claim, out _));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(lockFile));
        claim.Dispose();
        _folder.Write(".lock", "process 77 on other"u8); // a killed process's
        Assert.True(FileClaim.TryTake(lockFile, out claim, out _));
        claim.Dispose();
        Assert.False(File.Exists(lockFile));
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
