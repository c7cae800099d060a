using SimClr.Images;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.Tests.Images;

public class ScaledDecodingTests
{
    // Sides around multiples of 8, and the smallest ones.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 8)]
    [InlineData(33, 17)]
    [InlineData(500, 375)]
    public void A_jpeg_at_a_shrink_has_the_size_rounded_up(int width, int height)
    {
        var jpeg = ImageBytes.Encode(ImageBytes.Smooth(width, height), SKEncodedImageFormat.Jpeg);
        var image = new RgbImage(1, 1);
        foreach (var shrink in new[] { 1, 2, 4, 8 })
        {
            Assert.Equal(shrink, ImageCodec.Decode(jpeg, shrink, image));
            Assert.Equal(((width + shrink - 1) / shrink, (height + shrink - 1) / shrink), (image.Width, image.Height));
        }
        Assert.Equal((width, height), ImageCodec.ReadSize(jpeg));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_pixel_of_a_shrunk_jpeg_stands_for_a_square_of_full_size_pixels(int shrink)
    {
        // A gradient steep enough that a shift by half a full-size pixel would show: 6 gray levels a pixel, to and fro.
        const int side = 96;
        using var bitmap = new SKBitmap(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < side; y++)
            for (var x = 0; x < side; x++) bitmap.SetPixel(x, y, new SKColor(Wave(x), Wave(y), (byte)((Wave(x) + Wave(y)) / 2)));
        var jpeg = ImageBytes.Encode(bitmap, SKEncodedImageFormat.Jpeg);
        var (full, small) = (ImageCodec.Decode(jpeg), new RgbImage(1, 1));
        ImageCodec.Decode(jpeg, shrink, small);
        double sum = 0, largest = 0;
        for (var y = 0; y < small.Height; y++)
            for (var x = 0; x < small.Width; x++)
                for (var c = 0; c < 3; c++)
                {
                    var error = Mean(full, x * shrink, y * shrink, shrink, c) - small.Pixels[3 * (y * small.Width + x) + c];
                    (sum, largest) = (sum + error, Math.Max(largest, Math.Abs(error)));
                }
        // Frequencies above the shrunk block's are cut off and not averaged, which shows at the turns of the wave (and chroma has
        // half the resolution); a grid that is off by half a full-size pixel would be off by 3 levels on every slope.
        Assert.InRange(sum / small.Pixels.Length, -0.5, 0.5);
        Assert.InRange(largest, 0, 16);

        static byte Wave(int x) => (byte)(30 + 6 * Math.Abs(x % 64 - 32));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Other_formats_come_at_full_size(SKEncodedImageFormat format)
    {
        var bytes = ImageBytes.Encode(ImageBytes.Smooth(1, 1), format);
        Assert.Equal(1, ImageCodec.Decode(bytes, 8, new RgbImage(3, 3)));
        bytes = ImageBytes.Encode(ImageBytes.Smooth(40, 30), format);
        var image = new RgbImage(1, 1);
        Assert.Equal(1, ImageCodec.Decode(bytes, 4, image));
        Assert.Equal((40, 30), (image.Width, image.Height));
        Assert.True(image.Pixels.SequenceEqual(ImageCodec.Decode(bytes).Pixels));
        Assert.Equal((40, 30), ImageCodec.ReadSize(bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    public void Orientation_turns_the_size_and_the_shrunk_pixels_alike(int orientation)
    {
        var jpeg = ImageBytes.WithOrientation(
            ImageBytes.Encode(ImageBytes.Smooth(64, 32), SKEncodedImageFormat.Jpeg), orientation);
        var size = orientation >= 5 ? (32, 64) : (64, 32);
        Assert.Equal(size, ImageCodec.ReadSize(jpeg));
        var (full, small) = (ImageCodec.Decode(jpeg), new RgbImage(1, 1));
        Assert.Equal(size, (full.Width, full.Height));
        Assert.Equal(4, ImageCodec.Decode(jpeg, 4, small));
        Assert.Equal((size.Item1 / 4, size.Item2 / 4), (small.Width, small.Height));
        for (var y = 0; y < small.Height; y++)
            for (var x = 0; x < small.Width; x++)
                for (var c = 0; c < 3; c++) // a slow gradient: any other place would differ by far more than rounding
                    Assert.Equal(Mean(full, 4 * x, 4 * y, 4, c), small.Pixels[3 * (y * small.Width + x) + c], 4.0);
    }

    [Fact]
    public void An_image_is_used_again_for_images_of_any_size()
    {
        var image = new RgbImage(1, 1);
        foreach (var (width, height) in new[] { (40, 30), (7, 5), (64, 64), (5, 7) })
        {
            var png = ImageCodec.EncodePng(ImageBytes.Smooth(width, height));
            ImageCodec.Decode(png, 1, image);
            Assert.Equal(ImageBytes.Smooth(width, height).Pixels, image.Pixels);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageCodec.Decode([1], 3, image));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Reshape(0, 4));
        Assert.Throws<OverflowException>(() => image.Reshape(40_000, 40_000));
    }

    [Fact]
    public void Decoding_to_an_existing_image_allocates_no_pixels()
    {
        var jpeg = ImageBytes.Encode(ImageBytes.Smooth(400, 300), SKEncodedImageFormat.Jpeg);
        var image = new RgbImage(1, 1);
        for (var i = 0; i < 3; i++) ImageCodec.Decode(jpeg, 1, image);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) ImageCodec.Decode(jpeg, 1, image);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 20;
        Assert.True(each < 2_000, $"{each} bytes"); // Skia's wrapper objects; the pixels would be 360,000
    }

    [Fact]
    public void The_size_is_read_from_the_start_of_a_file_and_bounded()
    {
        var jpeg = ImageBytes.WithOrientation(ImageBytes.Encode(ImageBytes.Smooth(300, 200), SKEncodedImageFormat.Jpeg), 6);
        Assert.Equal((200, 300), ImageCodec.ReadSize(jpeg.AsSpan(0, 1000)));
        var failure = Assert.Throws<ImageFormatException>(() => ImageCodec.ReadSize(ImageBytes.PngClaiming(30_000, 30_000)));
        Assert.Contains("30000x30000 is more than the bound", failure.Message);
        Assert.Throws<ImageFormatException>(() => ImageCodec.ReadSize(jpeg.AsSpan(0, 10)));
        Assert.Throws<ImageFormatException>(() => ImageCodec.ReadSize([]));
    }

    [Fact]
    public void Real_photographs_shrink_to_what_averaging_gives()
    {
        foreach (var path in Directory.EnumerateFiles(RealData.Imagenette(), "*.*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path).ToUpperInvariant() is ".JPG" or ".JPEG")
            .Order(StringComparer.Ordinal).Take(8))
        {
            var bytes = File.ReadAllBytes(path);
            var (full, small) = (ImageCodec.Decode(bytes), new RgbImage(1, 1));
            foreach (var shrink in new[] { 2, 4, 8 })
            {
                Assert.Equal(shrink, ImageCodec.Decode(bytes, shrink, small));
                double squares = 0;
                var count = 0;
                for (var y = 0; y < full.Height / shrink; y++)
                    for (var x = 0; x < full.Width / shrink; x++, count++)
                    {
                        var error = Mean(full, x * shrink, y * shrink, shrink, 1) - small.Pixels[3 * (y * small.Width + x) + 1];
                        squares += error * error;
                    }
                // Both are low-pass filters of the same square; a grid shifted by a pixel differs by several times as much.
                Assert.InRange(Math.Sqrt(squares / count), 0, 6);
            }
        }
    }

    private static double Mean(RgbImage image, int left, int top, int side, int channel)
    {
        double sum = 0;
        var count = 0;
        for (var y = top; y < Math.Min(top + side, image.Height); y++)
            for (var x = left; x < Math.Min(left + side, image.Width); x++, count++)
                sum += image.Pixels[3 * (y * image.Width + x) + channel];
        return sum / count;
    }
}
