using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SimClr.AspNetCore;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>What must not be answered is refused in words, and the server goes on.</summary>
public sealed class HostileRequestTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    private static byte[] Corpus(string name) =>
        File.ReadAllBytes(Path.Combine(RealData.RepositoryRoot, "fuzz", "corpus", "image", name));

    public static TheoryData<string, int, string> Files => new()
    {
        { "empty", 400, "no image" },
        { "text", 415, "not a JPEG" },
        { "svg", 415, "not a JPEG" },
        { "truncated.jpg", 400, "truncated" },
        { "claims-60000.png", 413, "60,000 x 60,000 pixels" },
        { "five-megapixels.png", 413, "at most 4 megapixels" },
        { "one-byte", 415, "not a JPEG" },
        { "too-large", 413, "larger than 1 MB" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Files_that_are_no_images_within_bounds_are_refused(string name, int status, string words)
    {
        var bytes = Bytes(name);
        foreach (var path in new[] { "/api/embed", "/api/search" })
        {
            using var plain = await served.Client.PostAsync(path, ServedFolder.Body(bytes));
            await ServedFolder.Refused(plain, (HttpStatusCode)status, words);
            // A length that is not announced, and a form.
            using var chunked = new HttpRequestMessage(HttpMethod.Post, path);
            chunked.Content = new StreamContent(new MemoryStream(bytes));
            chunked.Headers.TransferEncodingChunked = true;
            await ServedFolder.Refused(await served.Client.SendAsync(chunked), (HttpStatusCode)status, words);
            using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "picture", "a.jpg" } };
            await ServedFolder.Refused(await served.Client.PostAsync(path, form), (HttpStatusCode)status, words);
        }
        await Lives();
    }

    [Theory]
    [InlineData("application/json", 415, "Content-Type")]
    [InlineData("application/x-www-form-urlencoded", 415, "Content-Type")]
    [InlineData("text/plain", 415, "Content-Type")]
    [InlineData("nonsense", 415, "Content-Type")]
    [InlineData("multipart/form-data", 400, "boundary")]
    [InlineData("multipart/form-data; boundary=abc", 400, "form")]
    public async Task Requests_of_other_kinds_are_refused(string type, int status, string words)
    {
        using var response = await served.Client.PostAsync("/api/search", ServedFolder.Body(ServedFolder.Png(), type));
        await ServedFolder.Refused(response, (HttpStatusCode)status, words);
    }

    [Fact]
    public async Task A_form_without_a_file_is_refused()
    {
        using var form = new MultipartFormDataContent { { new StringContent("/etc/passwd"), "picture" } };
        using var response = await served.Client.PostAsync("/api/search", form);
        await ServedFolder.Refused(response, HttpStatusCode.BadRequest, "holds no file");
    }

    [Theory]
    [InlineData("/api/thumbnails/..%2f..%2fetc%2fpasswd", 404)]
    [InlineData("/api/thumbnails/../../etc/passwd", 404)]
    [InlineData("/api/thumbnails/%2e%2e/%2e%2e/etc/passwd", 404)]
    [InlineData("/api/thumbnails/13", 404)]
    [InlineData("/api/thumbnails/-1", 404)]
    [InlineData("/api/thumbnails/99999999999999999999", 404)]
    [InlineData("/api/thumbnails/1.png", 404)]
    [InlineData("/api/thumbnails/", 404)]
    [InlineData("/api/", 404)]
    [InlineData("/etc/passwd", 404)]
    [InlineData("/%00", 404)]
    [InlineData("/api/search", 400)]
    [InlineData("/api/search?picture=/etc/passwd", 400)]
    [InlineData("/api/search?picture=13", 404)]
    [InlineData("/api/search?picture=1&top=0", 400)]
    [InlineData("/api/search?picture=1&top=101", 400)]
    [InlineData("/api/search?picture=1&top=many", 400)]
    [InlineData("/api/embed", 405)]
    public async Task Addresses_lead_to_nothing_but_the_index(string path, int status)
    {
        // A plain socket, since HttpClient tidies paths up.
        var answer = await Raw($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Matches($"^HTTP/1.1 (400|{status}) ", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        if (!path.Contains("%00", StringComparison.Ordinal))
            Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:1", 200)] // a tunnel may have another port
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:99", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("192.168.1.10", 403)] // nobody outside can reach this one
    [InlineData("", 403)]
    public async Task Only_the_servers_own_names_are_answered_to(string host, int status) =>
        Assert.StartsWith($"HTTP/1.1 {status} ",
            await Raw($"GET /api/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));

    [Theory]
    [InlineData("192.168.1.10", true)]
    [InlineData("pictures.example", true)]
    [InlineData("evil.example", false)]
    public void A_wide_server_answers_to_addresses_and_its_name(string host, bool isOurs)
    {
        var request = new Microsoft.AspNetCore.Http.DefaultHttpContext().Request;
        (request.Method, request.Path, request.Host) = ("GET", "/", new(host, 80));
        var guard = new RequestGuard("pictures.example", isWide: true);
        Assert.Equal(isOurs, Record.Exception(() => guard.Check(request)) is null);
    }

    [Theory]
    [InlineData("Origin: http://evil.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: http://localhost:9", 403)]
    [InlineData("Origin: http://localhost", 200)]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Sec-Fetch-Site: same-site", 403)]
    [InlineData("Sec-Fetch-Site: same-origin", 200)]
    public async Task Pages_of_other_sites_cannot_send_images(string header, int status)
    {
        var png = ServedFolder.Png();
        var answer = await Raw($"POST /api/search HTTP/1.1\r\nHost: localhost\r\n{header}\r\nContent-Length: {png.Length}\r\n"
            + "Connection: close\r\n\r\n", png);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
    }

    [Fact]
    public async Task Of_two_hundred_hostile_uploads_at_once_each_is_answered_and_the_server_lives()
    {
        string[] names =
        [
            "text", "truncated.jpg", "claims-60000.png", "five-megapixels.png", "too-large", "empty", "many-scans.jpg",
            "many-texts.png",
        ];
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var response = await served.Client.PostAsync("/api/search", ServedFolder.Body(Bytes(names[i % names.Length])));
            if ((int)response.StatusCode == 503) Assert.NotNull(response.Headers.RetryAfter);
            return (Name: names[i % names.Length], Status: (int)response.StatusCode);
        }));
        // Of a PNG the decoder is given no texts, so that they do no harm.
        Assert.All(answers, answer =>
            Assert.Contains(answer.Status, answer.Name == "many-texts.png" ? [200, 503] : (int[])[400, 413, 415, 503]));
        await Lives();
        Assert.Empty(served.Notes.Lines);
    }

    [Fact]
    public async Task More_images_than_there_is_room_for_are_asked_to_come_again()
    {
        await using var server = await SearchServer.StartAsync(served.Index, new() { Port = 0, MaxImages = 2 });
        using var client = new HttpClient { BaseAddress = server.Address };
        var image = Bar(2000, 1500);
        HttpResponseMessage[] responses;
        var watch = Stopwatch.StartNew();
        do responses = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            client.PostAsync("/api/embed", ServedFolder.Body(image))));
        while (responses.All(response => response.IsSuccessStatusCode) && watch.Elapsed < TimeSpan.FromSeconds(20));
        Assert.Contains(responses, response => response.IsSuccessStatusCode);
        var refused = responses.First(response => !response.IsSuccessStatusCode);
        await ServedFolder.Refused(refused, HttpStatusCode.ServiceUnavailable, "try again");
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        // When the others are done there is room.
        using var after = await client.PostAsync("/api/embed", ServedFolder.Body(ServedFolder.Png()));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Slow_senders_keep_nobody_from_the_encoder()
    {
        // Twice as many as there are places: they hold none before their images are there.
        var slow = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Begin(served.Server, "Content-Length: 1000")));
        try
        {
            for (var i = 0; i < 5; i++) await Lives();
        }
        finally
        {
            foreach (var sender in slow) sender.Dispose();
        }
    }

    [Fact]
    public async Task Idle_connections_make_room_for_those_that_ask()
    {
        await using var server = await SearchServer.StartAsync(served.Index, new() { Port = 0 });
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < ServerLimits.MaxConnections + 10; i++)
            {
                idle.Add(new TcpClient());
                await idle[^1].ConnectAsync(IPAddress.Loopback, server.Address.Port);
            }
            using var client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(10) };
            Assert.Contains("ok", await client.GetStringAsync("/api/health"), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var connection in idle) connection.Dispose();
        }
    }

    [Fact]
    public async Task Head_is_answered_as_get_is_without_the_body()
    {
        string[] paths =
            ["/", "/api/health", "/api/index", "/api/search?picture=1", "/api/thumbnails/0", "/openapi/v1.json"];
        foreach (var path in paths)
        {
            var get = await Raw($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            var head = await Raw($"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 ", head);
            Assert.EndsWith("\r\n\r\n", head);
            var end = get.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            Assert.Equal(Kept(get[..end]), Kept(head[..^4]));
        }
        Assert.StartsWith("HTTP/1.1 404 ", await Raw("HEAD /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }

    // What the clock says, and how a body is cut up that is not sent.
    private static IEnumerable<string> Kept(string head) => head.Split("\r\n").Where(line =>
        !line.StartsWith("Date:", StringComparison.Ordinal) && !line.StartsWith("Transfer-Encoding:", StringComparison.Ordinal));

    [Fact]
    public async Task An_image_that_arrives_too_slowly_is_refused()
    {
        var options = new ServerOptions { Port = 0, UploadTime = TimeSpan.FromSeconds(1) };
        await using var server = await SearchServer.StartAsync(served.Index, options);
        using var slow = await Begin(server, "Content-Length: 1000");
        using var reader = new StreamReader(slow.GetStream(), leaveOpen: true);
        Assert.StartsWith("HTTP/1.1 408 ", await reader.ReadLineAsync());
    }

    [Theory]
    [InlineData(1, 60_000)]
    [InlineData(60_000, 1)]
    [InlineData(1, 1)]
    public async Task Images_of_any_shape_have_vectors(int width, int height)
    {
        var bytes = Bar(width, height);
        using var response = await served.Client.PostAsync("/api/embed", ServedFolder.Body(bytes));
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    private async Task Lives()
    {
        var answer = await served.Post("/api/search?top=1", ServedFolder.Body(ServedFolder.Png()));
        Assert.Single(answer["found"]!.AsArray());
    }

    private static byte[] Bytes(string name) => name switch
    {
        "empty" => [],
        "text" => Encoding.UTF8.GetBytes("../../etc/passwd"),
        "svg" => Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        "truncated.jpg" => Corpus("baseline.jpg")[..^60],
        "five-megapixels.png" => ImageCodec.EncodePng(new RgbImage(2500, 2000)),
        "too-large" => [.. Corpus("baseline.jpg"), .. new byte[1_000_000]],
        _ => Corpus(name),
    };

    private static byte[] Bar(int width, int height) => ImageCodec.EncodePng(new RgbImage(width, height));

    private static async Task<TcpClient> Begin(SearchServer server, string header)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var head = $"POST /api/embed HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "x"));
        return client;
    }

    private async Task<string> Raw(string head, byte[]? body = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, served.Server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body ?? []]);
        return await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync();
    }
}
