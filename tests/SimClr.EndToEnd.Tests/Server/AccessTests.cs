using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SimClr.AspNetCore;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>Who may ask: the token, names behind a proxy, and HTTPS.</summary>
public sealed class AccessTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    private const string Token = "correct-horse-battery-staple";

    private static readonly ServerOptions Proxied = new()
    {
        Port = 0,
        PublicNames = ["photos.example.com", "photos.example.com:8443"],
        TrustedProxies = ["127.0.0.1"],
        AllowWithoutToken = true,
    };

    [Fact]
    public async Task Without_the_token_nothing_but_health_is_answered()
    {
        await using var server = await SearchServer.StartAsync(served.Index, new() { Port = 0, Token = Token });
        foreach (var (said, status) in new (string?, int)[]
        {
            (null, 401), ($"Bearer {Token}", 200), ($"bearer {Token}", 200), ($"Bearer {Token}x", 401),
            ($"Bearer {Token[..^1]}", 401), ("Bearer", 401), ("Bearer ", 401), (Token, 401),
            (Basic($"anyone:{Token}"), 200), (Basic($":{Token}"), 200),
            (Basic(Token), 401), (Basic($"{Token}:"), 401), (Basic($"a:{Token}:"), 401), ("Basic !!!", 401), ("Basic", 401),
        })
            foreach (var path in new[] { "/", "/api/index", "/api/thumbnails/0", "/openapi/v1.json", "/nothing" })
            {
                var answer = await Get(server, path, said is null ? "" : $"Authorization: {said}\r\n");
                var right = status == 200 && path == "/nothing" ? 404 : status;
                Assert.True(answer.StartsWith($"HTTP/1.1 {right} ", StringComparison.Ordinal), $"{path}, {said}: {answer}");
                if (status != 401) continue;
                Assert.Contains("WWW-Authenticate: Basic realm=", answer, StringComparison.Ordinal);
                Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
            }
        Assert.StartsWith("HTTP/1.1 200 ", await Get(server, "/api/health", ""));
        // The browser sends what it remembers along with what pages of other sites ask.
        var foreign = await Get(server, "/api/index", $"Authorization: {Basic($"me:{Token}")}\r\nSec-Fetch-Site: cross-site\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", foreign);
    }

    [Fact]
    public void The_options_as_text_do_not_tell_secrets()
    {
        var options = new ServerOptions { Token = Token, CertificatePassword = Token };
        Assert.DoesNotContain(Token, $"{options}", StringComparison.Ordinal);
        Assert.Contains("8080", $"{options}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_pages_of_the_public_name_can_send_images()
    {
        await using var server = await SearchServer.StartAsync(served.Index, Proxied);
        foreach (var (host, origin, status) in new[]
        {
            ("photos.example.com", "https://photos.example.com", 200), // kept by the proxy
            ("photos.example.com:8443", "https://photos.example.com:8443", 200),
            ("127.0.0.1", "https://photos.example.com", 200), // rewritten by it
            ("127.0.0.1", "http://PHOTOS.example.com", 200), ("127.0.0.1", "https://photos.example.com:8443", 200),
            ("127.0.0.1", "https://photos.example.com:8444", 403), ("127.0.0.1", "ftp://photos.example.com", 403),
            ("127.0.0.1", "https://evil.example", 403), ("127.0.0.1", "https://photos.example.com.evil.example", 403),
            ("evil.example", "https://photos.example.com", 403), ("127.0.0.1", "null", 403),
        })
        {
            var answer = await Send(server, $"Host: {host}\r\nOrigin: {origin}\r\nSec-Fetch-Site: same-origin\r\n");
            Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{host}, {origin}: {answer}");
        }
    }

    [Theory]
    [InlineData(true, "X-Forwarded-Host: photos.example.com", 200)]
    [InlineData(true, "X-Forwarded-Host: evil.example", 403)]
    [InlineData(false, "X-Forwarded-Host: evil.example", 200)] // ignored
    public async Task What_a_proxy_says_counts_only_where_it_is_trusted(bool isTrusted, string header, int status)
    {
        var options = isTrusted ? Proxied : Proxied with { TrustedProxies = ["192.0.2.1"] };
        await using var server = await SearchServer.StartAsync(served.Index, options);
        Assert.StartsWith($"HTTP/1.1 {status} ", await Get(server, "/api/index", $"X-Forwarded-For: 192.0.2.7\r\n{header}\r\n"));
    }

    [Fact]
    public async Task Slow_senders_of_one_address_leave_room_for_the_next()
    {
        await using var server = await SearchServer.StartAsync(served.Index, Proxied);
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < ServerLimits.MaxUploads; i++)
            {
                slow.Add(new TcpClient());
                await slow[^1].ConnectAsync(IPAddress.Loopback, server.Address.Port);
                await slow[^1].GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                    "POST /api/embed HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\nContent-Length: 900\r\n\r\nx"));
            }
            await Wait(async () => (await Send(server, "Host: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n")).Contains(" 503 "));
            var other = await Send(server, "Host: localhost\r\nX-Forwarded-For: 192.0.2.2\r\n");
            Assert.StartsWith("HTTP/1.1 200 ", other);
        }
        finally
        {
            foreach (var sender in slow) sender.Dispose();
        }
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("encrypted pem")]
    [InlineData("pfx")]
    public async Task With_a_certificate_it_speaks_https_and_no_http(string kind)
    {
        const string Password = "of the key";
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var pbe = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        var isPfx = kind == "pfx";
        var options = new ServerOptions
        {
            Port = 0,
            Certificate = isPfx
                ? folder.Write("a.pfx", certificate.Export(X509ContentType.Pfx, Password))
                : folder.Write("a.pem", Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())),
            CertificateKey = isPfx ? null : folder.Write("key.pem", Encoding.ASCII.GetBytes(kind == "pem"
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(Password, pbe))),
            CertificatePassword = kind == "pem" ? null : Password,
        };
        await using var server = await SearchServer.StartAsync(served.Index, options);
        Assert.Equal("https", server.Address.Scheme);
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == certificate.Thumbprint,
        };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        Assert.Contains("ok", await client.GetStringAsync("/api/health"), StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 200", await Get(server, "/api/health", ""), StringComparison.Ordinal);
    }

    private static string Basic(string words) =>
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(words))).ToString();

    private static Task<string> Get(SearchServer server, string path, string headers) =>
        Raw(server, Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n"));

    private static Task<string> Send(SearchServer server, string headers)
    {
        var png = ServedFolder.Png();
        var head = $"POST /api/embed HTTP/1.1\r\n{headers}Content-Length: {png.Length}\r\nConnection: close\r\n\r\n";
        return Raw(server, [.. Encoding.ASCII.GetBytes(head), .. png]);
    }

    private static async Task<string> Raw(SearchServer server, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(request);
        return await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync();
    }

    private static async Task Wait(Func<Task<bool>> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "It never comes.");
            await Task.Delay(20);
        }
    }
}
