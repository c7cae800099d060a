using System.Net;
using System.Text.Json.Nodes;
using SimClr.AspNetCore;
using SimClr.Features;
using SimClr.Images;
using SimClr.Search;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>What the REST interface answers is what the library gives.</summary>
public sealed class SearchServerTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    [Fact]
    public async Task A_vector_is_the_embedders_whichever_way_the_image_is_sent()
    {
        using var embedder = IndexFile.Read(served.Index).Origin.OpenEmbedder();
        var png = ServedFolder.Png();
        var expected = embedder.Embed(ImageCodec.Decode(png));
        using var plain = new ByteArrayContent(png); // without a Content-Type
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a field before it"), "words" },
            { new ByteArrayContent(png), "picture", "../../etc/passwd" },
        };
        foreach (var body in new HttpContent[] { plain, form, ServedFolder.Body(png), ServedFolder.Body(png, "image/png") })
        {
            var answer = await served.Post("/api/embed", body);
            Assert.Equal(embedder.Dimension, answer["dimension"]!.GetValue<int>());
            Assert.Equal(expected, answer["vector"]!.AsArray().Select(number => number!.GetValue<float>()));
        }
        Assert.Empty(served.Notes.Lines);
    }

    [Fact]
    public async Task A_search_finds_what_the_index_finds()
    {
        var index = IndexFile.Read(served.Index);
        using var embedder = index.Origin.OpenEmbedder();
        var png = ServedFolder.Png();
        var expected = index.Search(embedder.Embed(ImageCodec.Decode(png)), 5);
        var answer = await served.Post("/api/search?top=5", ServedFolder.Body(png));
        Assert.Null(answer["picture"]);
        var found = answer["found"]!.AsArray();
        Assert.Equal(expected.Select(hit => (hit.ClassName, hit.Similarity)),
            found.Select(hit => ((string?)hit!["class"], hit["similarity"]!.GetValue<double>())));
        Assert.Equal(expected.Select(hit => hit.Image),
            found.Select(hit => index.Images[hit!["id"]!.GetValue<int>()].Image));
        // Names are those below the common folder: where it lies is nobody's business.
        Assert.Equal(expected.Select(hit => Path.GetRelativePath(served.Images, hit.Image)),
            found.Select(hit => hit!["picture"]!.GetValue<string>()));
        Assert.Equal(10, (await served.Post("/api/search", ServedFolder.Body(png)))["found"]!.AsArray().Count);
        Assert.DoesNotContain(served.Images, answer.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_of_the_index_finds_its_neighbors_without_itself()
    {
        var index = IndexFile.Read(served.Index);
        for (var id = 0; id < index.Images.Count; id++)
        {
            var answer = await served.Get($"/api/search?picture={id}&top=100");
            var found = answer["found"]!.AsArray().Select(hit => hit!["id"]!.GetValue<int>()).ToList();
            Assert.Equal(id, answer["picture"]!["id"]!.GetValue<int>());
            Assert.Equal(Enumerable.Range(0, index.Images.Count).Where(other => other != id), found.Order());
            var names = index.Search(index.Vector(id), 100).Select(hit => hit.Image);
            Assert.Equal(names.Where(name => name != index.Images[id].Image),
                found.Select(other => index.Images[other].Image));
        }
    }

    [Fact]
    public async Task Thumbnails_are_the_images_small_and_are_not_sent_twice()
    {
        var index = IndexFile.Read(served.Index);
        var wide = Enumerable.Range(0, index.Images.Count)
            .Single(id => index.Images[id].Image.EndsWith("wide.png", StringComparison.Ordinal));
        for (var id = 0; id < index.Images.Count; id++)
        {
            using var response = await served.Client.GetAsync($"/api/thumbnails/{id}");
            Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
            var small = ImageCodec.Decode(await response.Content.ReadAsByteArrayAsync());
            if (id == wide) Assert.Equal((224, 112), (small.Width, small.Height));
            else Assert.Equal(ImageCodec.Decode(File.ReadAllBytes(index.Images[id].Image)).Pixels, small.Pixels);
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/thumbnails/{id}");
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await served.Client.SendAsync(again)).StatusCode);
        }
    }

    [Fact]
    public async Task A_thumbnail_of_a_file_that_has_changed_has_another_tag()
    {
        var index = IndexFile.Read(served.Index);
        var id = Enumerable.Range(0, index.Images.Count).First(id => index.Images[id].Image.EndsWith("/2.png"));
        var path = index.Images[id].Image;
        var time = File.GetLastWriteTimeUtc(path);
        using var before = await served.Client.GetAsync($"/api/thumbnails/{id}");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        File.SetLastWriteTimeUtc(path, time.AddSeconds(1));
        try
        {
            using var after = await served.Client.GetAsync($"/api/thumbnails/{id}");
            Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
            Assert.Equal(HttpStatusCode.NotFound, after.StatusCode); // another image now, perhaps, than was indexed
        }
        finally
        {
            File.SetLastWriteTimeUtc(path, time);
        }
    }

    [Fact]
    public async Task The_index_says_what_it_is()
    {
        var index = IndexFile.Read(served.Index);
        var answer = await served.Get("/api/index");
        Assert.Equal(13, answer["count"]!.GetValue<int>());
        Assert.Equal(index.Origin.Dimension, answer["dimension"]!.GetValue<int>());
        Assert.Equal(index.Origin.EncoderSha256, answer["encoder_sha256"]!.GetValue<string>());
        Assert.Equal(("run", "resnet18"), (answer["run"]!.GetValue<string>(), answer["encoder"]!.GetValue<string>()));
        Assert.Equal(["even", "odd"], answer["classes"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal("ok", (await served.Get("/api/health"))["status"]!.GetValue<string>());
        Assert.Equal((13, "run", index.Origin.Dimension), (served.Server.Count, served.Server.Run, served.Server.Dimension));
    }

    [Fact]
    public async Task The_openapi_document_describes_every_address()
    {
        var document = await served.Get("/openapi/v1.json");
        Assert.StartsWith("3.", document["openapi"]!.GetValue<string>());
        var paths = document["paths"]!.AsObject();
        Assert.Equal(["/api/embed", "/api/health", "/api/index", "/api/search", "/api/thumbnails/{id}"],
            paths.Select(path => path.Key).Order());
        Assert.Equal(["get", "post"], paths["/api/search"]!.AsObject().Select(method => method.Key).Order());
        foreach (var operation in paths.SelectMany(path => path.Value!.AsObject()).Select(method => method.Value!))
        {
            Assert.NotEmpty(operation["summary"]!.GetValue<string>());
            Assert.Contains("application/problem+json",
                operation["responses"]!["403"]!["content"]!.AsObject().Select(kind => kind.Key));
        }
        foreach (var path in new[] { "/api/embed", "/api/search" })
        {
            var post = paths[path]!["post"]!;
            Assert.Superset(new HashSet<string> { "image/jpeg", "multipart/form-data" },
                post["requestBody"]!["content"]!.AsObject().Select(kind => kind.Key).ToHashSet());
            Assert.Superset(new HashSet<string> { "200", "400", "403", "408", "413", "415", "503" },
                post["responses"]!.AsObject().Select(status => status.Key).ToHashSet());
        }
        var answer = document["components"]!["schemas"]!["SearchResponse"]!["properties"]!;
        Assert.Contains("found", answer.AsObject().Select(property => property.Key));
    }

    [Fact]
    public async Task The_page_needs_nothing_else_and_its_policy_lets_nothing_else_in()
    {
        using var response = await served.Client.GetAsync("/");
        var html = await response.Content.ReadAsStringAsync();
        Assert.Contains("Find images like yours", html, StringComparison.Ordinal);
        Assert.Contains("data-pictures=\"13\"", html, StringComparison.Ordinal);
        Assert.Contains("<svg class=\"curve\"", html, StringComparison.Ordinal); // the run's curves
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", html);
        Assert.DoesNotContain("{", html[..html.IndexOf("<style>", StringComparison.Ordinal)], StringComparison.Ordinal);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        foreach (var (name, value) in new[]
        {
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        })
            Assert.Equal(value, response.Headers.GetValues(name).Single());
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_run_is_served_without_an_index()
    {
        await using var server = await SearchServer.StartAsync(served.Run, new() { Port = 0 });
        using var client = new HttpClient { BaseAddress = server.Address };
        using var embedder = Embedder.Open(served.Run, new() { Normalize = true });
        var png = ServedFolder.Png();
        using var response = await client.PostAsync("/api/embed", ServedFolder.Body(png));
        var vector = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["vector"]!.AsArray();
        Assert.Equal(embedder.Embed(ImageCodec.Decode(png)), vector.Select(number => number!.GetValue<float>()));
        using var search = await client.PostAsync("/api/search", ServedFolder.Body(png));
        await ServedFolder.Refused(search, HttpStatusCode.NotFound, "without an index");
        Assert.Contains("simclr index RUN DATA", await client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_and_files_that_cannot_be_served_are_named()
    {
        foreach (var (options, words) in new (ServerOptions, string)[]
        {
            (new() { Port = 70000 }, "Port"), (new() { MaxUploadMegabytes = 0 }, "MaxUploadMegabytes"),
            (new() { MaxMegapixels = 101 }, "MaxMegapixels"), (new() { Listen = " " }, "Listen"),
            (new() { Listen = "nowhere.invalid" }, "nowhere.invalid"),
            (new() { Listen = "0.0.0.0" }, "Token"), (new() { PublicNames = ["a.example"] }, "Token"),
            (new() { Token = "short" }, "16 to 512"), (new() { Token = new string('x', 16) + "\r\n" }, "without spaces"),
            (new() { Token = new string('x', 16), AllowWithoutToken = true }, "AllowWithoutToken"),
            (new() { PublicNames = ["https://a.example"], AllowWithoutToken = true }, "PublicNames"),
            (new() { PublicNames = ["a.example:70000"], AllowWithoutToken = true }, "PublicNames"),
            (new() { TrustedProxies = ["proxy.example"] }, "TrustedProxies"),
            (new() { CertificateKey = "key.pem" }, "CertificateKey needs"),
            (new() { Certificate = "gone.pem" }, "Certificate: gone.pem"),
            (new() { Port = served.Server.Address.Port }, "another Port"),
        })
        {
            var refusal = await Assert.ThrowsAsync<ServerException>(() => SearchServer.StartAsync(served.Index, options));
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
        var gone = await Assert.ThrowsAsync<ServerException>(() => SearchServer.StartAsync(served.Index + "x"));
        Assert.Contains("FileImageIndex.Update", gone.Message, StringComparison.Ordinal);
    }
}
