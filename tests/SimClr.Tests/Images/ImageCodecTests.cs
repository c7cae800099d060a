using SimClr.Images;
using SimClr.Numerics;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.Tests.Images;

public class ImageCodecTests
{
    // Widths around the four pixels that are packed at a time.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    [InlineData(17, 9)]
    [InlineData(64, 33)]
    public void Png_round_trip_is_exact(int width, int height)
    {
        var image = Noise(width, height);
        AssertEqual(image, ImageCodec.Decode(ImageCodec.EncodePng(image)));
    }

    [Fact]
    public void Jpeg_equals_what_libjpeg_decodes()
    {
        // A 24x18 JPEG with 4:2:0 chroma, and its pixels as written by libjpeg-turbo's own decompressor.
        var folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Golden");
        var image = ImageCodec.Decode(File.ReadAllBytes(Path.Combine(folder, "libjpeg_420.jpg")));
        Assert.Equal((24, 18), (image.Width, image.Height));
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "libjpeg_420.rgb")), image.Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, 6)] // 4:2:0 chroma of a slow gradient
    [InlineData(SKEncodedImageFormat.Webp, 6)]
    public void Lossy_formats_come_back_close(SKEncodedImageFormat format, int tolerance)
    {
        var image = ImageBytes.Smooth(40, 30);
        var decoded = ImageCodec.Decode(ImageBytes.Encode(image, format));
        Assert.Equal((40, 30), (decoded.Width, decoded.Height));
        for (var i = 0; i < image.Pixels.Length; i++) Assert.InRange(decoded.Pixels[i] - image.Pixels[i], -tolerance, tolerance);
    }

    [Fact]
    public void Bmp_is_exact()
    {
        var image = Noise(7, 5);
        AssertEqual(image, ImageCodec.Decode(ImageBytes.Bmp(image)));
    }

    [Fact]
    public void Gif_gives_its_first_frame()
    {
        var image = ImageCodec.Decode(ImageBytes.Gif());
        Assert.Equal((2, 2), (image.Width, image.Height));
        Assert.Equal(new byte[] { 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255 }, image.Pixels);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    public void Gray_becomes_three_equal_channels(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(8, 8, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.GetPixelSpan(); // allocates
        for (var i = 0; i < 64; i++) bitmap.SetPixel(i % 8, i / 8, new SKColor((byte)(4 * i), (byte)(4 * i), (byte)(4 * i)));
        var image = ImageCodec.Decode(ImageBytes.Encode(bitmap, format));
        for (var i = 0; i < 64; i++)
        {
            Assert.InRange(image.Pixels[3 * i] - 4 * i, -3, 3); // JPEG rounds
            Assert.Equal(image.Pixels[3 * i], image.Pixels[3 * i + 1]);
            Assert.Equal(image.Pixels[3 * i], image.Pixels[3 * i + 2]);
        }
    }

    [Fact]
    public void Alpha_is_composited_on_white()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(16, 16, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var i = 0; i < 256; i++) bitmap.SetPixel(i % 16, i / 16, new SKColor(200, 10, (byte)i, (byte)i));
        var image = ImageCodec.Decode(ImageBytes.Encode(bitmap, SKEncodedImageFormat.Png));
        for (var i = 0; i < 256; i++)
        {
            var alpha = i / 255.0;
            // Half a unit is the rounding itself.
            Assert.Equal(200 * alpha + 255 * (1 - alpha), image.Pixels[3 * i], 0.5);
            Assert.Equal(10 * alpha + 255 * (1 - alpha), image.Pixels[3 * i + 1], 0.5);
            Assert.Equal(i * alpha + 255 * (1 - alpha), image.Pixels[3 * i + 2], 0.5);
        }
    }

    // Which corner of the upright image the stored top left pixel belongs to, and where the stored row runs from there.
    [Theory]
    [InlineData(1, 0, 0, 1, 0)]
    [InlineData(2, 1, 0, -1, 0)]
    [InlineData(3, 1, 1, -1, 0)]
    [InlineData(4, 0, 1, 1, 0)]
    [InlineData(5, 0, 0, 0, 1)]
    [InlineData(6, 1, 0, 0, 1)]
    [InlineData(7, 1, 1, 0, -1)]
    [InlineData(8, 0, 1, 0, -1)]
    public void Exif_orientation_is_applied(int orientation, int right, int bottom, int stepX, int stepY)
    {
        // Blocks of a size that JPEG keeps apart: the stored image is 3 blocks wide and 2 high, all of different gray.
        const int block = 16;
        using var bitmap = new SKBitmap(3 * block, 2 * block, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < 2 * block; y++)
            for (var x = 0; x < 3 * block; x++)
            {
                var gray = (byte)(40 * (y / block * 3 + x / block));
                bitmap.SetPixel(x, y, new SKColor(gray, gray, gray));
            }
        var jpeg = ImageBytes.WithOrientation(ImageBytes.Encode(bitmap, SKEncodedImageFormat.Jpeg), orientation);
        var image = ImageCodec.Decode(jpeg);

        var (columns, rows) = stepX != 0 ? (3, 2) : (2, 3);
        Assert.Equal((columns * block, rows * block), (image.Width, image.Height));
        // The stored columns run along (stepX, stepY), so the stored rows run along the other axis, away from the corner.
        var (downX, downY) = stepX != 0 ? (0, 1 - 2 * bottom) : (1 - 2 * right, 0);
        for (var row = 0; row < 2; row++)
            for (var column = 0; column < 3; column++)
            {
                var x = right * (columns - 1) + column * stepX + row * downX;
                var y = bottom * (rows - 1) + column * stepY + row * downY;
                var middle = 3 * ((y * block + block / 2) * image.Width + x * block + block / 2);
                Assert.InRange(image.Pixels[middle] - 40 * (row * 3 + column), -2, 2);
            }
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    [InlineData(SKEncodedImageFormat.Bmp)]
    [InlineData(SKEncodedImageFormat.Gif)]
    public void Truncated_images_are_refused_in_one_line(SKEncodedImageFormat format)
    {
        var whole = format switch
        {
            SKEncodedImageFormat.Bmp => ImageBytes.Bmp(Noise(64, 48)),
            SKEncodedImageFormat.Gif => ImageBytes.Gif(),
            _ => ImageBytes.Encode(Noise(64, 48), format, 90),
        };
        ImageCodec.Decode(whole);
        // A second frame may be missing from a GIF: its first ends at 45 of 62 bytes.
        double[] shares = format == SKEncodedImageFormat.Gif ? [0, 0.02, 0.2, 0.5, 0.65] : [0, 0.005, 0.1, 0.5, 0.9, 0.99];
        foreach (var share in shares)
        {
            var start = whole[..(int)(share * whole.Length)];
            var failure = Assert.Throws<ImageFormatException>(() => ImageCodec.Decode(start));
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a text file that was renamed to .jpg\n", "not a JPEG, PNG, WebP, BMP or GIF")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "not a JPEG, PNG, WebP, BMP or GIF")]
    public void What_is_no_image_is_refused_with_the_reason(string content, string reason)
    {
        var failure = Assert.Throws<ImageFormatException>(() => ImageCodec.Decode(System.Text.Encoding.ASCII.GetBytes(content)));
        Assert.Contains(reason, failure.Message);
    }

    [Fact]
    public void Pixels_beyond_the_bound_are_refused_before_memory_is_taken()
    {
        var bomb = ImageBytes.PngClaiming(30_000, 30_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<ImageFormatException>(() => ImageCodec.Decode(bomb));
        // The exception and its message; the pixels would be 3.6 GB.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
        Assert.Contains("30000x30000 is more than the bound of 100,000,000 pixels", failure.Message);

        var small = ImageCodec.EncodePng(Noise(10, 10));
        Assert.Throws<ImageFormatException>(() => ImageCodec.Decode(small, maxPixels: 99));
        Assert.Equal(10, ImageCodec.Decode(small, maxPixels: 100).Width);
    }

    [Fact]
    public void Random_damage_either_decodes_or_is_an_image_format_exception()
    {
        var random = new CounterRandom(5, 0, 0, 0, DrawPurpose.Gallery);
        byte[][] files = [ImageCodec.EncodePng(Noise(20, 20)), ImageBytes.Encode(Noise(20, 20), SKEncodedImageFormat.Jpeg),
            ImageBytes.Encode(Noise(20, 20), SKEncodedImageFormat.Webp), ImageBytes.Bmp(Noise(20, 20)), ImageBytes.Gif()];
        for (var i = 0; i < 2000; i++)
        {
            var bytes = (byte[])files[i % files.Length].Clone();
            for (var hits = random.NextInt32(4); hits >= 0; hits--)
                bytes[random.NextInt32(bytes.Length)] = (byte)random.NextUInt32();
            try
            {
                ImageCodec.Decode(bytes, maxPixels: 1_000_000);
            }
            catch (ImageFormatException)
            {
                // The only failure that callers have to expect.
            }
        }
    }

    [Fact]
    public void Png_is_written_whole_and_leaves_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("new/grid.png");
        ImageCodec.WritePng(path, Noise(4, 4));
        ImageCodec.WritePng(path, Noise(9, 4));
        AssertEqual(Noise(9, 4), ImageCodec.Decode(File.ReadAllBytes(path)));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.At("new")));

        Directory.CreateDirectory(folder.At("new/taken.png"));
        Assert.ThrowsAny<Exception>(() => ImageCodec.WritePng(folder.At("new/taken.png"), Noise(4, 4)));
        Assert.Equal([path], Directory.GetFiles(folder.At("new")));
    }

    private static RgbImage Noise(int width, int height)
    {
        var image = new RgbImage(width, height);
        var random = new CounterRandom(1, width, height, 0, DrawPurpose.Gallery);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)random.NextUInt32();
        return image;
    }

    private static void AssertEqual(RgbImage expected, RgbImage actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal(expected.Pixels, actual.Pixels);
    }
}
