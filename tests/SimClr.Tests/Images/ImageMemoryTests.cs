using SimClr.Images;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.Tests.Images;

/// <summary>
/// Small images in files whose other parts would make a decoder take much memory, which is not the collector's.
/// </summary>
public sealed class ImageMemoryTests
{
    // What the decoders themselves take the first time is some ten megabytes.
    private const long Bound = 64_000_000;

    private static readonly byte[] Swollen = PngBytes.Deflated(Enumerable.Repeat((byte)'A', 7_900_000).ToArray());

    [Theory]
    [InlineData("zTXt", true)]
    [InlineData("zTXt", false)]
    [InlineData("iTXt", true)]
    [InlineData("iTXt", false)]
    public void Compressed_texts_of_a_png_are_not_inflated_wherever_they_stand(string type, bool behind)
    {
        byte[] text = PngBytes.Chunk(type, type == "zTXt"
            ? [(byte)'k', 0, 0, .. Swollen]
            : [(byte)'k', 0, 1, 0, 0, 0, .. Swollen]);
        byte[] texts = [.. Enumerable.Repeat(text, 24).SelectMany(chunk => chunk)]; // 190 MB
        var bytes = Rgb(behind ? [] : texts, behind ? texts : []);
        Assert.InRange(bytes.Length, 0, 400_000);
        Assert.Equal(ImageCodec.Decode(Rgb([], [])).Pixels, DecodedWithin(Bound, bytes)!.Pixels);
        Assert.Equal((8, 8), ImageCodec.ReadSize(bytes));
    }

    [Fact]
    public void Suggested_palettes_and_profiles_of_a_png_are_not_kept()
    {
        byte[] palettes = [.. Enumerable.Range(0, 16)
            .SelectMany(i => PngBytes.Chunk("sPLT", [(byte)('a' + i), 0, 8, .. new byte[6_000_000]]))];
        var profile = PngBytes.Chunk("iCCP", [(byte)'p', 0, 0, .. Swollen]);
        Assert.NotNull(DecodedWithin(Bound, Rgb([.. profile, .. palettes], [])));
    }

    [Theory]
    [InlineData(0xE1)] // EXIF and XMP
    [InlineData(0xE2)] // parts of a color profile
    [InlineData(0xFE)] // comments
    public void A_jpeg_of_a_million_empty_segments_is_refused(int marker)
    {
        var bytes = Jpeg((byte)marker, 1_000_000); // libjpeg would keep 160 MB of those that Skia asks for
        Assert.Null(DecodedWithin(Bound, bytes));
        Assert.Contains("parts", Assert.Throws<ImageFormatException>(() => ImageCodec.ReadSize(bytes)).Message);
    }

    [Fact]
    public void A_webp_of_millions_of_empty_chunks_is_refused()
    {
        var bytes = Webp(4_000_000); // libwebp would keep 160 MB
        Assert.Null(DecodedWithin(Bound, bytes));
        Assert.Contains("parts", Assert.Throws<ImageFormatException>(() => ImageCodec.ReadSize(bytes)).Message);
    }

    [Fact]
    public void A_file_may_have_65536_parts_and_not_one_more()
    {
        const int most = ImageStructure.MaxParts;
        var empty = PngBytes.Chunk("IDAT");
        byte[] Png(int parts) => Rgb([.. Enumerable.Repeat(empty, parts - 2).SelectMany(chunk => chunk)], []); // IHDR, IDAT
        foreach (var of in (Func<int, byte[]>[])[Png, parts => Jpeg(0xFE, parts - Segments()), parts => Webp(parts - 3)])
        {
            Assert.Null(Record.Exception(() => ImageCodec.Decode(of(most))));
            Assert.Contains("has more than 65,536 parts",
                Assert.Throws<ImageFormatException>(() => ImageCodec.Decode(of(most + 1))).Message);
        }
    }

    [Fact]
    public void A_gif_of_many_frames_and_comments_takes_no_memory()
    {
        var gif = ImageBytes.Gif();
        var first = gif.AsSpan().IndexOf((byte)0x2C);
        byte[] comments = [.. Enumerable.Repeat((byte[])[0x21, 0xFE, 1, 65, 0], 500_000).SelectMany(comment => comment)];
        byte[] frames = [.. Enumerable.Repeat(gif[first..^1], 200_000).SelectMany(frame => frame)];
        Assert.Equal(ImageCodec.Decode(gif).Pixels,
            DecodedWithin(Bound, [.. gif.AsSpan(0, first), .. comments, .. frames, 0x3B])!.Pixels);
    }

    [Fact]
    public void A_bmp_with_a_gap_before_its_pixels_takes_no_memory()
    {
        var bmp = ImageBytes.Bmp(ImageBytes.Smooth(8, 8));
        var gap = new byte[100_000_000];
        BitConverter.TryWriteBytes(bmp.AsSpan(10), 54 + gap.Length);
        byte[] bytes = [.. bmp.AsSpan(0, 54), .. gap, .. bmp.AsSpan(54)];
        Assert.Equal(ImageBytes.Smooth(8, 8).Pixels, DecodedWithin(Bound, bytes)!.Pixels);
    }

    [Theory]
    [InlineData(8, 2)]  // colors
    [InlineData(16, 2)] // in sixteen bits
    [InlineData(8, 0)]  // gray
    [InlineData(8, 3)]  // a palette
    [InlineData(8, 6)]  // colors and alpha
    public void A_png_has_the_pixels_that_skia_makes_of_the_whole_file(int depth, int color)
    {
        var channels = color switch { 2 => 3, 6 => 4, _ => 1 };
        var row = 1 + 16 * channels * depth / 8;
        var rows = new byte[8 * row];
        for (var i = 0; i < rows.Length; i++) rows[i] = (byte)(i % row == 0 ? 0 : color == 3 ? i % 4 : 37 * i);
        byte[] transparency = color switch
        {
            2 => PngBytes.Chunk("tRNS", 0, 37, 0, 74, 0, 111),
            0 => PngBytes.Chunk("tRNS", 0, 37),
            3 => PngBytes.Chunk("tRNS", 255, 128, 0),
            _ => [],
        };
        byte[] before =
        [
            .. PngBytes.Chunk("gAMA", 0, 0, 0x80, 0), .. PngBytes.Chunk("cHRM", new byte[32]),
            .. PngBytes.Chunk("sBIT", new byte[channels]),
            .. PngBytes.Chunk("iTXt", "k\0\0\0\0\0text"u8), .. PngBytes.Chunk("acTL", 0, 0, 0, 2, 0, 0, 0, 0),
            .. color == 3 ? PngBytes.Chunk("PLTE", 255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9) : [], .. transparency,
            .. PngBytes.Chunk("bKGD", new byte[6]), .. PngBytes.Chunk("eXIf", "II*\0"u8), .. PngBytes.Chunk("pHYs", new byte[9]),
        ];
        var bytes = PngBytes.Of(16, 8, depth, color, rows, before, PngBytes.Chunk("tEXt", "k\0text"u8));
        Assert.True(PngOutline.NeededLength(bytes) < bytes.Length - 100);
        Assert.Equal(BySkiaAlone(bytes).Pixels, ImageCodec.Decode(bytes).Pixels);
    }

    [Fact]
    public void A_png_that_ends_early_is_refused_in_the_same_words_with_texts_as_without()
    {
        var text = PngBytes.Chunk("tEXt", "k\0text"u8);
        var (plain, texts) = (Rgb([], []), Rgb(text, []));
        for (var lost = 1; lost < 60; lost++)
        {
            string? Words(byte[] png) => Record.Exception(() => ImageCodec.Decode(png.AsSpan(0, png.Length - lost)))?.Message;
            Assert.Equal(Words(plain), Words(texts));
        }
    }

    /// <summary>The image, or null where the file is refused; either way memory rises within a bound.</summary>
    private static RgbImage? DecodedWithin(long bound, byte[] bytes)
    {
        RgbImage? image = null;
        PeakMemory.Settled(); // or decoders might take what others have freed
        var rise = PeakMemory.Rise(() =>
        {
            try
            {
                image = ImageCodec.Decode(bytes);
            }
            catch (ImageFormatException)
            {
                // The caller says whether it may be refused.
            }
        });
        if (rise is { } risen) Assert.InRange(risen, 0, bound); // null where the system does not tell
        return image;
    }

    private static byte[] Rgb(byte[] before, byte[] behind)
    {
        var rows = new byte[8 * 25];
        for (var i = 0; i < rows.Length; i++) rows[i] = (byte)(i % 25 == 0 ? 0 : i);
        return PngBytes.Of(8, 8, 8, 2, rows, before, behind);
    }

    /// <summary>How many segments Skia writes before the scan.</summary>
    private static int Segments()
    {
        var (jpeg, count) = (Jpeg(0xFE, 0), 0);
        for (var at = 2; jpeg[at + 1] != 0xDA; at += 2 + 256 * jpeg[at + 2] + jpeg[at + 3]) count++;
        return count;
    }

    private static byte[] Jpeg(byte marker, int added)
    {
        var jpeg = ImageBytes.Encode(ImageBytes.Smooth(8, 8), SKEncodedImageFormat.Jpeg);
        byte[] segments = [.. Enumerable.Repeat((byte[])[0xFF, marker, 0, 2], added).SelectMany(segment => segment)];
        return [.. jpeg.AsSpan(0, 2), .. segments, .. jpeg.AsSpan(2)];
    }

    /// <summary>An extended file: header, transparency and pixels, and then chunks that nobody knows.</summary>
    private static byte[] Webp(int added)
    {
        using var bitmap = new SKBitmap(8, 8, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        bitmap.Erase(new SKColor(200, 100, 50, 128));
        var webp = ImageBytes.Encode(bitmap, SKEncodedImageFormat.Webp, 80);
        byte[] chunks = [.. Enumerable.Repeat((byte[])[.. "abcd"u8, 0, 0, 0, 0], added).SelectMany(chunk => chunk)];
        byte[] bytes = [.. webp, .. chunks];
        BitConverter.TryWriteBytes(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    private static RgbImage BySkiaAlone(byte[] bytes)
    {
        using var codec = SKCodec.Create(new MemoryStream(bytes));
        var (info, opaque) = (codec.Info, codec.Info.AlphaType == SKAlphaType.Opaque);
        var alpha = opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        using var bitmap = new SKBitmap(new SKImageInfo(info.Width, info.Height, SKColorType.Rgba8888, alpha, null));
        Assert.Equal(SKCodecResult.Success, codec.GetPixels(bitmap.Info, bitmap.GetPixels()));
        var image = new RgbImage(1, 1);
        RgbaPacking.Upright(bitmap.GetPixelSpan().ToArray(), info.Width, info.Height, opaque, SKEncodedOrigin.TopLeft, image);
        return image;
    }
}
