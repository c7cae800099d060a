using SimClr.Data;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

public class DatasetSourceTests
{
    [Theory]
    [InlineData("shapes", 10_000, 2_000)]
    [InlineData("shapes:20", 20, 100)]
    [InlineData("shapes:3000", 3_000, 600)]
    public void Shapes_are_opened_by_number(string data, int train, int test)
    {
        var splits = DatasetSource.Open(data, 40);
        Assert.Equal((train, test), (splits.Train.Count, splits.Test.Count));
        Assert.Equal(40, splits.Train.Load(0).Width);
    }

    [Fact]
    public void Folders_are_opened_with_and_without_a_prefix()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", ImageCodec.EncodePng(new RgbImage(3, 2)));
        Assert.Equal(1, DatasetSource.Open(folder.FullPath, 32).Train.Count);
        Assert.Equal(1, DatasetSource.Open("folder:" + folder.FullPath, 32).Train.Count);
        foreach (var file in Cifar10Tests.FileNames) folder.Write(file, new byte[3073]);
        Assert.Equal(5, DatasetSource.Open("cifar10:" + folder.FullPath, 32).Train.Count);
        AssertFails(folder.FullPath, "looks like CIFAR-10; use cifar10:" + folder.FullPath);
        AssertFails("folder:" + folder.FullPath, "looks like CIFAR-10");
    }

    [Theory]
    [InlineData("shapes:19", "from 20")]
    [InlineData("shapes:", "shapes:20000")]
    [InlineData("shapes:-5", "from 20")]
    [InlineData("shapes:99999999999", "from 20")]
    [InlineData("", "DATA is")]
    [InlineData("cifar10:", "cifar10:DIR names no folder")]
    [InlineData("folder:", "folder:DIR names no folder")]
    [InlineData("no-such-folder", "DATA is shapes, shapes:N, cifar10:DIR, folder:DIR or a folder")]
    public void Wrong_words_say_what_data_may_be(string data, string expected) => AssertFails(data, expected);

    [Fact]
    public void Shapes_too_small_to_tell_apart_are_refused() =>
        Assert.Contains("8 pixels", Assert.Throws<DataException>(() => DatasetSource.Open("shapes", 7)).Message);

    private static void AssertFails(string data, string expected)
    {
        var message = Assert.Throws<DataException>(() => DatasetSource.Open(data, 32)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Contains(expected, message);
    }
}
