using SimClr.Images;
using SimClr.Reporting;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Reporting;

public sealed class ImagePageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pages_hold_their_images_and_take_names_for_text()
    {
        var (large, small) = (new RgbImage(700, 350), new RgbImage(20, 10));
        large.Pixels.Fill(200);
        const string hostile = "/p/\"><script>alert(1)</script>.jpg";
        ImagePage.Write(_folder.At("p.html"), "<found>", "lead & more",
        [
            new("</h2><b>", [new("/x/large.jpg", "0.9", () => large), new(hostile, "<i>", () => small),
                new("gone.jpg", "", () => null)]),
        ]);
        var html = File.ReadAllText(_folder.At("p.html"));
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("</h2><b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.Contains("&lt;found&gt;", html, StringComparison.Ordinal);
        Assert.Contains("class=\"missing\"", html, StringComparison.Ordinal);
        var jpeg = Decoded(html, "data:image/jpeg;base64,");
        Assert.Equal((240, 120), (jpeg.Width, jpeg.Height));
        Assert.InRange(jpeg.Pixels[0], 198, 202);
        Assert.Equal(20, Decoded(html, "data:image/png;base64,").Width);
        Assert.Single(Directory.GetFiles(_folder.FullPath));
    }

    private static RgbImage Decoded(string html, string kind)
    {
        var start = html.IndexOf(kind, StringComparison.Ordinal) + kind.Length;
        return ImageCodec.Decode(Convert.FromBase64String(html[start..html.IndexOf('"', start)]));
    }
}
