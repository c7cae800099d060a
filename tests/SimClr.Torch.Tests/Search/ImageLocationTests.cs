using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Search;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Search;

/// <summary>Pixels of indexed images are found again, and no other bytes with them.</summary>
public sealed class ImageLocationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_of_cifar_and_shapes_are_found_again()
    {
        var record = new byte[2 * 3073];
        for (var i = 0; i < 3072; i++) record[3073 + 1 + i] = (byte)(i / 1024 * 50 + i % 7);
        var path = _folder.Write("data_batch_1.bin", record);
        var image = new IndexedImage($"{path}, record 1", null, "-").Load(224);
        Assert.Equal((32, 32), (image.Width, image.Height));
        Assert.Equal([0, 50 + 1024 % 7, 100 + 2048 % 7], image.Pixels[..3].ToArray());
        Assert.Throws<DataException>(() => new IndexedImage($"{path}, record 2", null, "-").Load(224));
        Assert.Throws<DataException>(() => new IndexedImage($"{path}.gone, record 0", null, "-").Load(224));

        var shapes = Shapes.Open(40, 224).Test;
        var stamp = Shapes.Open(40, 16).Test.Fingerprint;
        Assert.Equal(shapes.Load(7).Pixels, new IndexedImage(shapes.Describe(7), null, stamp).Load(224).Pixels);
        Assert.Throws<DataException>(() => new IndexedImage("shapes test 100", null, stamp).Load(224));
    }

    [Fact]
    public void No_other_files_bytes_are_taken_for_records()
    {
        var secret = new byte[3073];
        "-----BEGIN OPENSSH PRIVATE KEY-----"u8.CopyTo(secret);
        var key = _folder.Write("id_rsa", secret); // of the right length, by chance: its first byte is no label
        Assert.Contains("no file of CIFAR-10", Refusal(new($"{key}, record 0", null, "-")));
        var longer = _folder.Write("certificates", new byte[3 * 3073 + 1]);
        Assert.Contains("no file of CIFAR-10", Refusal(new($"{longer}, record 0", null, "-")));
    }

    [Fact]
    public void A_file_must_be_the_one_that_was_indexed()
    {
        var path = _folder.At("picture.png");
        ImageCodec.WritePng(path, new RgbImage(20, 10));
        var image = Indexed(path);
        Assert.Equal(20, image.Load(64).Width);
        Assert.Contains("has changed", Refusal(image with { Stamp = "1/1" })); // as one who only knows the name would write
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Contains("has changed", Refusal(image));
        Assert.Equal(20, Indexed(path).Load(64).Width);
        File.Delete(path);
        Assert.Contains("is gone", Refusal(image));
        Assert.Contains("does not say where", Refusal(new(path, null, "")));
    }

    [Fact]
    public void A_link_is_known_by_what_it_leads_to()
    {
        var path = _folder.At("elsewhere.png");
        ImageCodec.WritePng(path, new RgbImage(20, 10));
        File.CreateSymbolicLink(_folder.At("link.png"), path);
        var image = Indexed(_folder.At("link.png"));
        Assert.Equal(Indexed(path).Stamp, image.Stamp);
        Assert.Equal(20, image.Load(64).Width);
        ImageCodec.WritePng(path, new RgbImage(21, 10));
        Assert.Contains("has changed", Refusal(image));
    }

    [Fact]
    public void Only_what_lies_in_the_common_folder_is_shown_links_followed()
    {
        Directory.CreateDirectory(_folder.At("images/a"));
        Directory.CreateDirectory(_folder.At("private"));
        string[] paths = [_folder.At("images/a/1.png"), _folder.At("images/2.png"), _folder.At("private/3.png")];
        foreach (var path in paths) ImageCodec.WritePng(path, new RgbImage(8, 8));
        var link = _folder.At("images/link.png");
        File.CreateSymbolicLink(link, paths[2]);

        var folders = AllowedFolders.CommonOf(IndexOf(paths[0], paths[1], link));
        Assert.Equal([_folder.At("images/")], folders.Paths);
        Assert.Equal([true, true, false, false], new[] { paths[0], paths[1], paths[2], link }
            .Select(path => folders.Hold(Place(path))));
        Assert.True(AllowedFolders.Of([_folder.FullPath]).Hold(Place(link)));
        Assert.Equal([_folder.At("images/a/")], AllowedFolders.CommonOf(IndexOf(paths[0])).Paths);
        Assert.Empty(AllowedFolders.CommonOf(IndexOf(paths[0], "/etc/picture.png")).Paths); // nothing but the whole disk
        Assert.Empty(AllowedFolders.CommonOf(IndexOf("1.png", "../2.png")).Paths);
        Assert.False(AllowedFolders.Of([_folder.FullPath]).Hold(new ImageLocation.InFile("1.png", default)));
        Assert.Throws<DataException>(() => AllowedFolders.Of([_folder.At("gone")]));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("../run")]
    [InlineData("//host/share/run")]
    public void An_index_names_its_run_by_a_full_path_of_this_machine(string run)
    {
        var path = _folder.At("x.index");
        IndexFile.Write(path, ImageIndex.Empty(new IndexOrigin(run, "0", 0, 32, 3)));
        Assert.Contains("no full path", Assert.Throws<EmbeddingException>(() => IndexFile.Read(path)).Message);
        Assert.Throws<EmbeddingException>(() => new IndexOrigin(run, "0", 0, 32, 3).OpenEmbedder());
    }

    private static ImageIndex IndexOf(params string[] paths) => new(new IndexOrigin("/runs/none", "0", 0, 32, 1),
        [.. paths.Select(path => new IndexedImage(path, null, "1/1"))], [.. paths.Select(_ => 1f)]);

    private static IndexedImage Indexed(string path) => ImageStamp.Of(ImageFolder.Gather([path]), 0);

    private static ImageLocation Place(string path) => ImageLocation.Of(Indexed(path))!;

    private static string Refusal(IndexedImage image) => Assert.Throws<DataException>(() => image.Load(64)).Message;
}
