using System.Net;
using SimClr.AspNetCore;
using SimClr.Images;
using SimClr.Search;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>An index that somebody else made hands out nothing but the images that it was made of.</summary>
public sealed class ForeignIndexTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    [Fact]
    public async Task Neither_other_files_nor_what_links_lead_to_are_shown()
    {
        var folder = Directory.CreateDirectory(Path.Combine(served.Images, "..", "foreign")).FullName;
        var elsewhere = Directory.CreateDirectory(Path.Combine(served.Images, "..", "private")).FullName;
        var key = Path.Combine(elsewhere, "id_rsa");
        File.WriteAllText(key, "-----BEGIN OPENSSH PRIVATE KEY-----" + new string('x', 3073 - 35)); // of a record's length
        var photo = Path.Combine(elsewhere, "photo.png");
        ImageCodec.WritePng(photo, new RgbImage(30, 20));
        var link = Path.Combine(folder, "link.png");
        File.CreateSymbolicLink(link, photo);
        var own = Path.Combine(folder, "own.png");
        ImageCodec.WritePng(own, new RgbImage(40, 20));
        IndexedImage[] images =
        [
            new(own, null, FileStamp.Read(own).ToString()!), new($"{key}, record 0", null, "-"),
            new(photo, null, FileStamp.Read(photo).ToString()!), new(link, null, FileStamp.Read(link).ToString()!),
            new(own, null, "1/1"), new("own.png", null, FileStamp.Read(own).ToString()!), new("/proc/self/environ", null, "-"),
        ];
        var origin = IndexFile.Read(served.Index).Origin;
        var index = Path.Combine(folder, "foreign.index");
        IndexFile.Write(index, new ImageIndex(origin, images, [.. images.SelectMany((_, i) => Row(i, origin.Dimension))]));

        await using (var server = await SearchServer.StartAsync(index, new() { Port = 0, ImageFolders = [folder] }))
            Assert.Equal([true, false, false, false, false, false, false], await Shown(server, images.Length));
        // With the folder of both, links are shown; the key still is not.
        await using (var server = await SearchServer.StartAsync(index, new() { Port = 0, ImageFolders = [folder, elsewhere] }))
            Assert.Equal([true, false, true, true, false, false, false], await Shown(server, images.Length));

        // By itself, an index shows what lies in the folder that its images have in common, or nothing where that is the disk.
        IndexFile.Write(index, new ImageIndex(origin, [images[0], images[3]],
            [.. Row(0, origin.Dimension), .. Row(1, origin.Dimension)]));
        await using (var server = await SearchServer.StartAsync(index, new() { Port = 0 }))
        {
            Assert.Equal([folder + Path.DirectorySeparatorChar], server.ImageFolders);
            Assert.Equal([true, false], await Shown(server, 2));
        }
        IndexFile.Write(index, new ImageIndex(origin, [images[0], new("/etc/x.png", null, "1/1")],
            [.. Row(0, origin.Dimension), .. Row(1, origin.Dimension)]));
        await using (var server = await SearchServer.StartAsync(index, new() { Port = 0 }))
        {
            Assert.True(server.ImagesAreHidden);
            Assert.Equal([false, false], await Shown(server, 2));
            using var client = new HttpClient { BaseAddress = server.Address };
            Assert.DoesNotContain(folder, await client.GetStringAsync("/api/search?picture=1"), StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<ServerException>(() =>
            SearchServer.StartAsync(index, new() { ImageFolders = [folder + "-gone"] }));
        await Assert.ThrowsAsync<ServerException>(() => SearchServer.StartAsync("postgresql://me:secret@db/photos"));
    }

    private static float[] Row(int i, int dimension) => [.. Enumerable.Range(0, dimension).Select(d => d == i ? 1f : 0f)];

    private static async Task<List<bool>> Shown(SearchServer server, int count)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        var shown = new List<bool>();
        for (var id = 0; id < count; id++)
        {
            using var answer = await client.GetAsync($"/api/thumbnails/{id}");
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, answer.StatusCode.ToString());
            shown.Add(answer.StatusCode == HttpStatusCode.OK);
        }
        return shown;
    }
}
