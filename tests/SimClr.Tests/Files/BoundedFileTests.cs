using System.Diagnostics;
using SimClr.Files;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Files;

public sealed class BoundedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_come_one_by_one_and_overlong_ones_are_left_out()
    {
        var longest = new string('a', BoundedFile.LongestLine);
        var path = _folder.At("log");
        File.WriteAllText(path, $"one\r\n\n{longest}\n{longest}b\n{new string('c', 1_000_000)}\nlast");
        Assert.Equal(["one", "", longest, "last"], BoundedFile.ReadLines(path));
        File.WriteAllText(path, "one\n");
        Assert.Equal(["one"], BoundedFile.ReadLines(path));
        Assert.Empty(BoundedFile.ReadLines(_folder.At("none")));
    }

    [Fact]
    public void A_log_of_a_gigabyte_on_one_line_takes_no_memory()
    {
        var path = _folder.At("log");
        using (var file = File.OpenWrite(path)) file.SetLength(1L << 30); // a hole
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(BoundedFile.ReadLines(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Text_is_read_up_to_its_bound_and_no_further()
    {
        var path = _folder.Write("text", [0xEF, 0xBB, 0xBF, (byte)'x']); // a mark that says UTF-8
        Assert.Equal("x", BoundedFile.ReadText(path, 4));
        Assert.Throws<IOException>(() => BoundedFile.ReadText(path, 3));
        Assert.Throws<IOException>(() => BoundedFile.ReadBytes(path, 3));
        Assert.Equal(4, BoundedFile.ReadBytes(path, 4).Length);
        Assert.Throws<FileNotFoundException>(() => BoundedFile.ReadText(_folder.At("none"), 4));
    }

    [Fact]
    public async Task Only_a_pipe_that_was_named_is_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        var pipe = _folder.At("pipe");
        using (var shell = Process.Start("mkfifo", [pipe])) await shell.WaitForExitAsync();
        Assert.Throws<IOException>(() => BoundedFile.ReadText(pipe, 10));
        Assert.Throws<IOException>(() => BoundedFile.Open(pipe));
        Assert.Empty(BoundedFile.ReadLines(pipe));
        var reading = Task.Run(() => BoundedFile.ReadNamedText(pipe, 10));
        await File.WriteAllTextAsync(pipe, "{}");
        Assert.Equal("{}", await reading);
        Assert.Throws<IOException>(() => BoundedFile.ReadNamedText("/dev/zero", 1000));
    }
}
