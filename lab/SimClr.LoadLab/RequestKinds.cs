using System.Text;
using SimClr.Data;
using SimClr.Images;

namespace SimClr.LoadLab;

/// <summary>The kinds of requests, a hundred per cent together.</summary>
internal static class RequestKinds
{
    private const int NoAnswer = 0;

    private const string Bytes = "application/octet-stream";

    private static readonly string[] Pages = ["/", "/openapi/v1.json", "/api/health"];

    private static readonly string[] Paths =
    [
        "/api/thumbnails/..%2f..%2fetc%2fpasswd", "/api/thumbnails/../../etc/passwd", "/api/../../../etc/shadow",
        "/%2e%2e/%2e%2e/etc/passwd", "/api/thumbnails/99999999999999999999", "/etc/passwd",
    ];

    /// <summary>Makes the kinds for a server.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="largeSide">Side in pixels of the large images.</param>
    public static IReadOnlyList<RequestKind> For(Uri server, int largeSide)
    {
        var shapes = Shapes.Open(40, 64).Train;
        var pngs = Enumerable.Range(0, 20).Select(i => ImageCodec.EncodePng(shapes.Load(i))).ToArray();
        var megapixel = BlankPng.Plain(1000);
        var (plain, costly, claim) = (BlankPng.Plain(largeSide), BlankPng.Costly(largeSide), BlankPng.Claim(60_000));
        var oversize = new byte[21_000_000];
        HttpRequestMessage Get(string path) => new(HttpMethod.Get, new Uri(server.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        HttpRequestMessage Post(HttpContent body, string type = Bytes)
        {
            body.Headers.TryAddWithoutValidation("Content-Type", type);
            return new(HttpMethod.Post, new Uri(server, "/api/search?top=5")) { Content = body };
        }
        HttpRequestMessage With(HttpRequestMessage request, string name, string value)
        {
            request.Headers.TryAddWithoutValidation(name, value);
            return request;
        }
        HttpRequestMessage Oversize()
        {
            var request = Post(new ByteArrayContent(oversize));
            request.Headers.ExpectContinue = true; // the answer comes before the body
            return request;
        }
        byte[] Png(int i) => pngs[i % pngs.Length];
        int Id(int i) => i * 7 % ServedExample.Images;
        return
        [
            new("thumbnail", 25, [200], i => Get($"/api/thumbnails/{Id(i)}")),
            new("search", 15, [200], i => Get($"/api/search?picture={Id(i)}&top=20")),
            new("page, description, health", 6, [200], i => Get(Pages[i % Pages.Length])),
            new("head", 2, [200], i => new(HttpMethod.Head, new Uri(server, i % 2 == 0 ? "/" : "/api/index"))),
            new("upload", 16, [200], i => Post(new ByteArrayContent(Png(i)))) { IsUpload = true },
            new("upload in a form", 3, [200], i => new(HttpMethod.Post, new Uri(server, "/api/embed"))
            {
                Content = new MultipartFormDataContent { { new ByteArrayContent(Png(i)), "picture", "../../a.png" } },
            }) { IsUpload = true },
            new("upload of a megapixel", 3, [200], _ => Post(new ByteArrayContent(megapixel))) { IsUpload = true },
            new("large upload", 3, [200], i => Post(new ByteArrayContent(i % 2 == 0 ? plain : costly))) { IsUpload = true },
            new("slow upload", 1, [200], i => Post(new SlowContent(Png(i), pieces: 12, stops: false))) { IsUpload = true },
            new("upload that breaks off", 1, [NoAnswer], i => Post(new SlowContent(Png(i), pieces: 12, stops: true)))
            {
                IsUpload = true,
            },
            new("damaged image", 6, [400], i => Post(new ByteArrayContent(Png(i)[..^40]))) { IsUpload = true },
            new("no image", 3, [415], i => Post(new ByteArrayContent(Encoding.ASCII.GetBytes($"GIF or not {i}"))))
            {
                IsUpload = true,
            },
            new("wrong type", 3, [415], i => Post(new ByteArrayContent(Png(i)), "text/plain")) { IsUpload = true },
            new("claims 3,600 megapixels", 1, [413], _ => Post(new ByteArrayContent(claim))) { IsUpload = true },
            new("too many bytes", 1, [413], _ => Oversize()) { IsUpload = true },
            new("traversal", 6, [404, 400], i => Get(Paths[i % Paths.Length])),
            new("foreign host", 3, [403], i => With(Get("/api/index"), "Host", "evil.example")),
            new("foreign origin", 2, [403], i => With(Post(new ByteArrayContent(Png(i))), "Origin", "http://evil.example")),
        ];
    }
}
