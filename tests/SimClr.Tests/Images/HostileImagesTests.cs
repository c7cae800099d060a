using System.Buffers.Binary;
using SimClr.Images;
using SimClr.Tests.Fixtures;
using SkiaSharp;

namespace SimClr.Tests.Images;

/// <summary>Small files that would ask a decoder for much memory or time.</summary>
public sealed class HostileImagesTests
{
    [Fact]
    public void A_header_that_claims_3600_megapixels_is_refused_before_memory_is_taken()
    {
        byte[] jpeg = ImageBytes.Encode(ImageBytes.Smooth(8, 8), SKEncodedImageFormat.Jpeg);
        var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 60_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 60_000);
        var bmp = ImageBytes.Bmp(ImageBytes.Smooth(4, 4));
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 60_000);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), 60_000);
        foreach (var bytes in (byte[][])[ImageBytes.PngClaiming(60_000, 60_000), jpeg, bmp])
        {
            Assert.Throws<ImageFormatException>(() => ImageCodec.ReadSize(bytes));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<ImageFormatException>(() => ImageCodec.Decode(bytes));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024); // an exception with its trace
        }
    }

    [Theory]
    [InlineData(new byte[] { (byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0 })] // TIFF, and so the raw formats of cameras
    [InlineData(new byte[] { 0, 0, 1, 0, 1, 0, 2, 2 })] // icons
    [InlineData(new byte[] { 0, 0, 4, 4, 255, 255 })] // wireless bitmaps
    [InlineData(new byte[] { 0x52, 0x49, 0x46, 0x46, 4, 0, 0, 0, 0x57, 0x41, 0x56, 0x45 })] // RIFF, but WAVE
    public void Other_formats_reach_no_decoder(byte[] bytes) =>
        Assert.Contains("not a JPEG", Assert.Throws<ImageFormatException>(() => ImageCodec.Decode(bytes)).Message);

    [Theory]
    [InlineData("zTXt", 9)]
    [InlineData("iTXt", 9)]
    [InlineData("tEXt", 1000)]
    public void A_png_has_few_texts_that_swell(string type, int count)
    {
        var png = ImageCodec.EncodePng(ImageBytes.Smooth(4, 4));
        var text = PngBytes.Chunk(type, (byte)'k', 0, 0, 0, 0, 0, 0);
        byte[] bytes = [.. png.AsSpan(0, 33), .. Enumerable.Repeat(text, count).SelectMany(chunk => chunk), .. png.AsSpan(33)];
        var handed = new byte[PngOutline.NeededLength(bytes)];
        PngOutline.CopyNeeded(bytes, handed);
        Assert.Equal(-1, handed.AsSpan().IndexOf(text.AsSpan(4, 4))); // the decoder is given none
        Assert.Equal(ImageBytes.Smooth(4, 4).Pixels, ImageCodec.Decode(bytes).Pixels);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void A_jpegs_scans_visit_the_largest_image_sixteen_times_in_all(int scans, bool accepted)
    {
        var jpeg = ImageBytes.Encode(ImageBytes.Smooth(8, 8), SKEncodedImageFormat.Jpeg);
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0x55, 0xFF, 0, 0xFF, 0xD0];
        var first = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        byte[] added = [.. Enumerable.Repeat(scan, scans - 1).SelectMany(s => s)];
        byte[] bytes = [.. jpeg.AsSpan(0, first), .. added, .. jpeg.AsSpan(first)];
        // The bound is that of an image as large as this one.
        var error = Record.Exception(() => ImageStructure.RequireFewScans(
            ImageStructure.CountScans(bytes), 64, maxPixels: 64));
        Assert.Equal(accepted, error is null);
        if (!accepted) Assert.Contains("scans", Assert.IsType<ImageFormatException>(error).Message);
    }
}
