using SimClr.Data;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

public class Cifar10Tests
{
    private const int RecordBytes = 3073;

    internal static readonly string[] FileNames =
        ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"];

    [Fact]
    public void Records_are_read_in_order_and_interleaved()
    {
        using var folder = Write(perFile: 2);
        var (train, test) = Cifar10.Open(folder.FullPath);
        Assert.Equal((10, 2), (train.Count, test.Count));
        Assert.Equal(Enumerable.Range(0, 10), Enumerable.Range(0, 10).Select(train.Label));
        Assert.Equal("airplane", train.ClassNames[0]);
        var image = train.Load(7);
        var bytes = File.ReadAllBytes(folder.At("data_batch_4.bin")).AsSpan(RecordBytes + 1);
        Assert.Equal((32, 32), (image.Width, image.Height));
        for (var pixel = 0; pixel < 1024; pixel++)
            for (var channel = 0; channel < 3; channel++)
                Assert.Equal(bytes[channel * 1024 + pixel], image.Pixels[3 * pixel + channel]);
        Assert.EndsWith("data_batch_4.bin, record 1", train.Describe(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => train.Load(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => train.Label(-1));
    }

    [Fact]
    public void The_folder_above_and_the_names_beside_are_understood()
    {
        using var above = new TemporaryFolder();
        using var folder = Write(perFile: 1);
        foreach (var file in Directory.GetFiles(folder.FullPath))
            above.Write("cifar-10-batches-bin/" + Path.GetFileName(file), File.ReadAllBytes(file));
        above.Write("cifar-10-batches-bin/batches.meta.txt", "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n\n"u8);
        var train = Cifar10.Open(above.FullPath).Train;
        Assert.Equal(5, train.Count);
        Assert.Equal("nine", train.ClassNames[9]);
        Assert.Equal(Cifar10.Open(folder.FullPath).Train.Fingerprint, train.Fingerprint);
        Assert.NotEqual(Cifar10.Open(folder.FullPath).Test.Fingerprint, train.Fingerprint);
    }

    [Theory]
    [InlineData(RecordBytes - 1, "3,072 bytes")]
    [InlineData(0, "0 bytes")]
    [InlineData(2 * RecordBytes - 500, "30,730,000")]
    public void Truncated_files_are_named_with_what_was_expected(int length, string expected)
    {
        using var folder = Write(perFile: 2);
        folder.Write("data_batch_3.bin", new byte[length]);
        AssertOneLine(folder.FullPath, "data_batch_3.bin", expected);
    }

    [Fact]
    public void Missing_files_folders_and_wrong_labels_are_explained()
    {
        using var folder = Write(perFile: 2);
        var record = new byte[RecordBytes * 2];
        record[RecordBytes] = 10;
        folder.Write("test_batch.bin", record);
        AssertOneLine(folder.FullPath, "test_batch.bin, record 1 has label 10", "0 to 9");
        AssertOneLine(folder.At("test_batch.bin"), "is a file");
        AssertOneLine(folder.At("nowhere"), "There is no folder", "data_batch_1.bin");
        File.Delete(folder.At("data_batch_5.bin"));
        AssertOneLine(folder.FullPath, "data_batch_5.bin is missing");
    }

    [Fact]
    public void The_real_dataset_has_its_published_size_balance_and_mean()
    {
        var (train, test) = Cifar10.Open(RealData.Cifar10());
        Assert.Equal((50_000, 10_000), (train.Count, test.Count));
        Assert.All(Enumerable.Range(0, 50_000).CountBy(train.Label), pair => Assert.Equal(5_000, pair.Value));
        Assert.Equal("airplane automobile bird cat deer dog frog horse ship truck", string.Join(' ', train.ClassNames));
        var sums = new long[3];
        for (var index = 0; index < train.Count; index++)
        {
            var pixels = train.Load(index).Pixels;
            for (var i = 0; i < pixels.Length; i += 3)
                (sums[0], sums[1], sums[2]) = (sums[0] + pixels[i], sums[1] + pixels[i + 1], sums[2] + pixels[i + 2]);
        }
        // The means that everyone normalizes with, as published to four decimals.
        double[] published = [0.4914, 0.4822, 0.4465];
        for (var channel = 0; channel < 3; channel++)
            Assert.Equal(published[channel], sums[channel] / (255.0 * 1024 * 50_000), 1e-3);
    }

    private static void AssertOneLine(string directory, params string[] parts)
    {
        var message = Assert.Throws<DataException>(() => Cifar10.Open(directory)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(parts, part => Assert.Contains(part, message));
    }

    /// <summary>Six files whose labels count up from 0 and whose pixels are all different functions of their place.</summary>
    private static TemporaryFolder Write(int perFile)
    {
        var folder = new TemporaryFolder();
        var label = 0;
        foreach (var file in FileNames)
        {
            var bytes = new byte[perFile * RecordBytes];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)(i % RecordBytes == 0 ? label++ % 10 : ((label * RecordBytes + i) * 2654435761L) >> 13);
            folder.Write(file, bytes);
        }
        return folder;
    }
}
