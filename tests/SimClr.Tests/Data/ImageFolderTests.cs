using SimClr.Data;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

public class ImageFolderTests
{
    private static readonly byte[] Png = ImageCodec.EncodePng(new RgbImage(3, 2));

    [Fact]
    public void Splits_with_classes_share_their_labels()
    {
        using var folder = Folder("train/cat/1.png", "train/cat/deep/er/2.JPG", "train/ant/3.png", "val/bee/4.png",
            "val/cat/5.png", "train/cat/notes.txt", "train/.hidden/6.png", "train/ant/.7.png");
        var (train, test) = ImageFolder.Open(folder.FullPath);
        Assert.Equal(["ant", "bee", "cat"], train.ClassNames);
        Assert.Equal(["ant", "bee", "cat"], test.ClassNames);
        Assert.Equal(["train/ant/3.png:0", "train/cat/1.png:2", "train/cat/deep/er/2.JPG:2"], Listing(folder, train));
        Assert.Equal(["val/bee/4.png:1", "val/cat/5.png:2"], Listing(folder, test));
    }

    [Fact]
    public void The_test_folder_is_preferred_unless_only_val_has_classes()
    {
        using var both = Folder("train/a/1.png", "train/b/2.png", "val/a/3.png", "val/b/4.png", "test/a/5.png", "test/b/6.png");
        Assert.Equal(["test/a/5.png:0", "test/b/6.png:1"], Listing(both, ImageFolder.Open(both.FullPath).Test));
        using var kaggle = Folder("Train/a/1.png", "Train/b/2.png", "Val/a/3.png", "Test/5.png", "Test/6.png");
        Assert.Equal(["Val/a/3.png:0"], Listing(kaggle, ImageFolder.Open(kaggle.FullPath).Test));
    }

    [Fact]
    public void Flat_splits_have_no_labels()
    {
        using var folder = Folder("train/1.png", "train/2.png", "test/3.png");
        var (train, test) = ImageFolder.Open(folder.FullPath);
        Assert.Empty(train.ClassNames);
        Assert.Equal(["train/1.png:-1", "train/2.png:-1"], Listing(folder, train));
        Assert.Equal(["test/3.png:-1"], Listing(folder, test));
    }

    [Fact]
    public void Without_splits_a_fifth_of_each_class_is_held_out_always_the_same()
    {
        string[] paths = [.. Enumerable.Range(0, 50).Select(i => $"big/{i}.png"),
            .. Enumerable.Range(0, 10).Select(i => $"mid/{i}.png"), "pair/1.png", "pair/2.png", "single/1.png"];
        using var folder = Folder(paths);
        using var other = Folder([.. paths.Reverse()]);
        var (train, test) = ImageFolder.Open(folder.FullPath);
        Assert.Equal(["big", "mid", "pair", "single"], test.ClassNames);
        Assert.Equal([10, 2, 1, 0], Enumerable.Range(0, 4).Select(label => Count(test, label)));
        Assert.Equal([40, 8, 1, 1], Enumerable.Range(0, 4).Select(label => Count(train, label)));
        string[] trainPaths = Listing(folder, train), testPaths = Listing(folder, test);
        Assert.Empty(trainPaths.Intersect(testPaths));
        Assert.Equal(testPaths, Listing(other, ImageFolder.Open(other.FullPath).Test));
        Assert.NotEqual(Enumerable.Range(0, 10).Select(i => $"big/{i}.png:0"), testPaths.Take(10)); // not simply the first
        Assert.Equal(trainPaths.Order(StringComparer.Ordinal), trainPaths);
    }

    [Theory]
    [InlineData("b.png", "a.png", "c/d.png", "e/f.png")]
    [InlineData("photos/2021/a.png", "photos/2022/b.png")]
    public void Images_at_the_top_or_in_one_folder_have_no_classes(params string[] paths)
    {
        using var folder = Folder(paths);
        var (train, test) = ImageFolder.Open(folder.FullPath);
        Assert.Equal(paths.Order(StringComparer.Ordinal).Select(path => path + ":-1"), Listing(folder, train));
        Assert.Empty(train.ClassNames);
        Assert.Equal(0, test.Count);
    }

    [Fact]
    public void A_lone_train_folder_is_the_dataset_and_a_class_may_be_called_train()
    {
        using var lone = Folder("train/a/1.png", "train/a/2.png", "train/b/3.png", "train/b/4.png");
        Assert.Equal(["a", "b"], ImageFolder.Open(lone.FullPath).Train.ClassNames);
        using var vehicles = Folder("bus/1.png", "car/2.png", "train/3.png");
        Assert.Equal(["bus", "car", "train"], ImageFolder.Open(vehicles.FullPath).Train.ClassNames);
    }

    [Fact]
    public void Fingerprint_follows_content_and_not_place()
    {
        using var folder = Folder("a/1.png", "a/2.png", "b/3.png", "b/4.png");
        using var copy = Folder("a/1.png", "a/2.png", "b/3.png", "b/4.png");
        var before = ImageFolder.Open(folder.FullPath).Train.Fingerprint;
        Assert.Equal(before, ImageFolder.Open(copy.FullPath).Train.Fingerprint);
        var learned = ImageFolder.Open(copy.FullPath).Train.Describe(0);
        File.AppendAllText(learned, "x");
        Assert.NotEqual(before, ImageFolder.Open(copy.FullPath).Train.Fingerprint);
        File.Move(Path.Combine(folder.FullPath, Path.GetRelativePath(copy.FullPath, learned)), folder.At("a/9.png"));
        Assert.NotEqual(before, ImageFolder.Open(folder.FullPath).Train.Fingerprint);
    }

    [Fact]
    public void Linked_folders_are_followed_but_not_round_in_circles()
    {
        using var outside = Folder("1.png");
        using var folder = Folder("a/2.png", "b/3.png");
        Directory.CreateSymbolicLink(folder.At("a/up"), folder.FullPath);
        Directory.CreateSymbolicLink(folder.At("c"), outside.FullPath);
        File.CreateSymbolicLink(folder.At("b/broken.png"), folder.At("gone.png"));
        var (train, _) = ImageFolder.Open(folder.FullPath);
        Assert.Equal(["a", "b", "c"], train.ClassNames);
        Assert.Equal(1, Count(train, 2));
    }

    [Fact]
    public void Unusable_folders_are_explained_in_one_line()
    {
        using var folder = Folder("a.txt");
        AssertFails(folder.FullPath, "holds no images", ".jpg");
        AssertFails(folder.At("nowhere"), "There is no folder");
        AssertFails(folder.At("a.txt"), "is a file");
        folder.Write("val/1.png", Png);
        Directory.CreateDirectory(folder.At("train"));
        AssertFails(folder.FullPath, "train holds no images");
    }

    [Fact]
    public void An_image_that_cannot_be_decoded_is_named_by_load()
    {
        using var folder = new TemporaryFolder();
        var text = folder.Write("1.jpg", "no image"u8);
        folder.Write("2.png", Png.AsSpan(0, Png.Length / 2));
        var train = ImageFolder.Open(folder.FullPath).Train;
        Assert.Contains(text + ": not a JPEG", Assert.Throws<DataException>(() => train.Load(0)).Message);
        Assert.Contains("2.png", Assert.Throws<DataException>(() => train.Load(1)).Message);
        File.Delete(text);
        Assert.Contains(text, Assert.Throws<DataException>(() => train.Load(0)).Message);
    }

    [Fact]
    public void Real_photographs_are_found_and_decoded()
    {
        var (train, test) = ImageFolder.Open(RealData.Imagenette());
        Assert.Equal((400, 200), (train.Count, test.Count));
        Assert.Equal(10, train.ClassNames.Count);
        Assert.All(Enumerable.Range(0, 10), label => Assert.Equal((40, 20), (Count(train, label), Count(test, label))));
        for (var index = 0; index < 400; index += 10)
        {
            var image = train.Load(index);
            Assert.InRange(image.Pixels.ToArray().Average(value => (double)value), 10, 245); // a photograph, not a blank
        }
    }

    private static int Count(IImageDataset part, int label) => Enumerable.Range(0, part.Count).Count(i => part.Label(i) == label);

    private static string[] Listing(TemporaryFolder folder, IImageDataset part) => [.. Enumerable.Range(0, part.Count)
        .Select(i => $"{Path.GetRelativePath(folder.FullPath, part.Describe(i)).Replace('\\', '/')}:{part.Label(i)}")];

    private static void AssertFails(string directory, params string[] parts)
    {
        var message = Assert.Throws<DataException>(() => ImageFolder.Open(directory)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(parts, part => Assert.Contains(part, message));
    }

    private static TemporaryFolder Folder(params string[] paths)
    {
        var folder = new TemporaryFolder();
        foreach (var path in paths) folder.Write(path, Png);
        return folder;
    }
}
