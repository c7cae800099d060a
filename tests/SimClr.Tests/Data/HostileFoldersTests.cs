using System.Diagnostics;
using SimClr.Data;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

/// <summary>Folders that hold anything but images under the names of images, and links that lead anywhere.</summary>
public sealed class HostileFoldersTests : IDisposable
{
    // What is tested here can fail by never coming back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] Png = ImageCodec.EncodePng(new RgbImage(2, 2));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pipes_devices_and_empty_files_are_refused_one_by_one_and_never_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        _folder.Write("a.png", Png);
        _folder.Write("empty.jpg", []);
        Shell($"mkfifo '{_folder.At("pipe.jpg")}'");
        File.CreateSymbolicLink(_folder.At("zero.jpg"), "/dev/zero");
        File.CreateSymbolicLink(_folder.At("broken.jpg"), _folder.At("gone.jpg"));
        File.CreateSymbolicLink(_folder.At("itself.jpg"), _folder.At("itself.jpg"));
        await Task.Run(() =>
        {
            var train = ImageFolder.Open(_folder.FullPath).Train;
            Assert.Equal(6, train.Count);
            Assert.Equal((2, 2), train.Size(0));
            for (var index = 1; index < 6; index++)
            {
                Assert.Contains(train.Describe(index), Assert.Throws<DataException>(() => train.Load(index)).Message);
                Assert.Throws<DataException>(() => train.Size(index));
            }
        }).WaitAsync(Patience);
    }

    [Fact]
    public void A_folder_may_be_called_like_an_image()
    {
        _folder.Write("cat/1.png", Png);
        _folder.Write("dog.jpg/2.png", Png);
        Assert.Equal(["cat", "dog.jpg"], ImageFolder.Open(_folder.FullPath).Train.ClassNames);
    }

    [Fact]
    public void A_thousand_levels_are_walked()
    {
        var deep = string.Concat(Enumerable.Repeat("d/", 1000));
        _folder.Write(deep + "1.png", Png);
        var train = ImageFolder.Open(_folder.FullPath).Train;
        Assert.Equal((2, 2), train.Size(0));
    }

    [Fact]
    public async Task Folders_that_all_link_to_each_other_are_a_maze()
    {
        for (var i = 0; i < 12; i++) _folder.Write($"{i}/{i}.png", Png);
        for (var i = 0; i < 12; i++)
            for (var j = 0; j < 12; j++)
                if (i != j) Directory.CreateSymbolicLink(_folder.At($"{i}/to{j}"), _folder.At($"{j}"));
        var message = await Task.Run(() => Assert.Throws<DataException>(() => ImageFolder.Open(_folder.FullPath)).Message)
            .WaitAsync(Patience);
        Assert.Contains("Links lead to", message);
    }

    [Fact]
    public void A_circle_is_seen_through_links_in_the_way_of_links()
    {
        // By its text alone, x would lead to l/a, l/l/a, l/l/l/a and on.
        _folder.Write("a/1.png", Png);
        _folder.Write("b/2.png", Png);
        Directory.CreateSymbolicLink(_folder.At("b/l"), "..");
        Directory.CreateSymbolicLink(_folder.At("a/x"), "../b/l/a");
        var train = ImageFolder.Open(_folder.FullPath).Train;
        Assert.All(Enumerable.Range(0, train.Count), index => Assert.Equal((2, 2), train.Size(index)));
        Assert.InRange(train.Count, 2, 8);
    }

    [Fact]
    public void A_linked_image_counts_with_the_size_of_its_file()
    {
        using var outside = new TemporaryFolder();
        var target = outside.Write("1.png", Png);
        File.CreateSymbolicLink(_folder.At("1.png"), target);
        _folder.Write("2.png", Png);
        var before = ImageFolder.Open(_folder.FullPath).Train;
        Assert.Equal((2, 2), before.Size(0));
        File.AppendAllText(target, "more");
        Assert.NotEqual(before.Fingerprint, ImageFolder.Open(_folder.FullPath).Train.Fingerprint);
    }

    [Fact]
    public void Odd_names_are_shown_on_one_line_and_told_apart_by_case()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names are bytes on Linux only");
        _folder.Write("Train/a/1.png", Png);
        _folder.Write("train/a/two\nlines\u001b[31m.png", "no image"u8);
        _folder.Write("train/b/é" + new string('x', 240) + ".png", Png);
        _folder.Write("test/a/1.png", Png);
        _folder.Write("test/b/1.png", Png);
        Shell($"printf x > '{_folder.FullPath}/train/b/'$'bad\\xff.png'");
        var train = ImageFolder.Open(_folder.FullPath).Train;
        Assert.Equal(3, train.Count); // of train, not of Train
        string[] messages = [.. Enumerable.Range(0, 3).Select(index => Record.Exception(() => train.Load(index))?.Message ?? "")];
        Assert.Contains(messages, message => message.Contains("two?lines?[31m.png: not a JPEG", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("is not UTF-8; rename it", StringComparison.Ordinal));
        Assert.Contains("", messages);
        Assert.All(messages, message => Assert.DoesNotContain(message, char.IsControl));
        Shell($"rm '{_folder.FullPath}/train/b/'$'bad\\xff.png'"); // which .NET cannot
    }

    [Fact]
    public void What_may_not_be_read_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.UserName == "root", "root may read everything");
        var locked = _folder.Write("1.png", Png);
        _folder.Write("2.png", Png);
        Shell($"chmod 000 '{locked}'");
        var train = ImageFolder.Open(_folder.FullPath).Train;
        Assert.Contains(locked, Assert.Throws<DataException>(() => train.Load(0)).Message);
    }

    [Fact]
    public void Files_without_end_are_refused_before_memory_is_taken()
    {
        foreach (var file in Cifar10Tests.FileNames) _folder.Write(file, new byte[3073]);
        using (var huge = File.OpenWrite(_folder.At("data_batch_2.bin"))) huge.SetLength(100_001L * 3073); // a hole, not a disk
        using (var huge = File.OpenWrite(_folder.At("huge.png"))) huge.SetLength(1L << 40);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("307,300,000", Assert.Throws<DataException>(() => Cifar10.Open(_folder.FullPath)).Message);
        var images = ImageFolder.Open(_folder.FullPath).Train;
        Assert.Contains("too many for an image", Assert.Throws<DataException>(() => images.Load(0)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static void Shell(string command)
    {
        using var shell = Process.Start("bash", ["-c", command]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
