using System.Globalization;
using SimClr.Images;
using SkiaSharp;

namespace SimClr.Tests.Fixtures;

/// <summary>A folder of small JPEGs of which every twentieth is broken, in four ways by turns.</summary>
internal sealed class BrokenImages : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BrokenImages(int count, params string[] subFolders)
    {
        if (subFolders.Length == 0) subFolders = [""];
        for (var i = 0; i < count; i++)
        {
            var jpeg = ImageBytes.Encode(Image(i), SKEncodedImageFormat.Jpeg, 90);
            var bytes = (i % 20, i / 20 % 4) switch
            {
                (7, 0) => jpeg[..^40],
                (7, 1) => [],
                (7, 2) => "this is a text\n"u8.ToArray(),
                (7, 3) => ImageBytes.PngClaiming(30_000, 30_000),
                _ => jpeg,
            };
            var extension = (i % 20, i / 20 % 4) == (7, 3) ? "png" : "jpg";
            _folder.Write(Path.Combine(subFolders[i % subFolders.Length], $"{i:D4}.{extension}"), bytes);
        }
        Broken = (count + 12) / 20;
    }

    public string FullPath => _folder.FullPath;

    /// <summary>How many are broken.</summary>
    public int Broken { get; }

    public static bool IsBroken(string path) =>
        int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture) % 20 == 7;

    public void Dispose() => _folder.Dispose();

    private static RgbImage Image(int seed)
    {
        var image = ImageBytes.Smooth(24 + seed % 17, 20 + seed % 13);
        var pixels = image.Pixels;
        for (var i = seed % 3; i < pixels.Length; i += 3) pixels[i] = (byte)(pixels[i] / 2 + 7 * seed); // no two are alike
        return image;
    }
}
