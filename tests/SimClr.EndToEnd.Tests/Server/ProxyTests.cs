using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SimClr.AspNetCore;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>The page in a browser behind nginx, as docs/server.md describes it; skipped where there is no nginx.</summary>
public sealed class ProxyTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    private const string Token = "a-token-of-this-test-only";

    [Theory]
    [InlineData("proxy_set_header Host $host;")]
    [InlineData("")] // nginx then sends the address that it passes on to
    public async Task The_page_works_behind_nginx_with_a_token(string header)
    {
        string[] places = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"];
        var program = places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "There is no nginx.");
        var port = FreePort();
        await using var server = await SearchServer.StartAsync(served.Index, new()
        {
            Port = 0,
            PublicNames = [$"photos.example.com:{port}"],
            TrustedProxies = ["127.0.0.1"],
            Token = Token,
        });
        using var folder = new TemporaryFolder();
        var settings = folder.Write("nginx.conf", System.Text.Encoding.ASCII.GetBytes($$"""
            daemon off; pid {{folder.At("pid")}}; error_log {{folder.At("error")}}; events {}
            http {
              access_log off; client_body_temp_path {{folder.At("body")}}; proxy_temp_path {{folder.At("proxy")}};
              fastcgi_temp_path {{folder.At("f")}}; uwsgi_temp_path {{folder.At("u")}}; scgi_temp_path {{folder.At("s")}};
              server {
                listen 127.0.0.1:{{port}}; client_max_body_size 21m;
                location / {
                  proxy_pass http://127.0.0.1:{{server.Address.Port}}; {{header}}
                  proxy_set_header X-Forwarded-For $remote_addr;
                }
              }
            }
            """));
        using var nginx = Process.Start(program!, ["-c", settings, "-e", folder.At("start")]);
        try
        {
            await using var browser = await Browser.Open(
                new Uri($"http://photos.example.com:{port}/"), Token, "--host-resolver-rules=MAP photos.example.com 127.0.0.1");
            await browser.Drop(ServedFolder.Png(), "new.png", "image/png");
            await browser.Until("document.querySelectorAll('#hits li').length === 13");
            await browser.Until("[...document.querySelectorAll('#hits img')].slice(0, 4).every(image => image.naturalWidth > 0)");
            await browser.Evaluate("document.querySelector('#hits button').click()");
            await browser.Until("document.querySelectorAll('#hits li').length === 12");
            await browser.Evaluate("history.back()");
            await browser.Until("document.querySelectorAll('#hits li').length === 13");
            Assert.Empty(browser.Complaints);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            await nginx.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
