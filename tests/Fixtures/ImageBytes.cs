using System.Buffers.Binary;
using SimClr.Images;
using SkiaSharp;

namespace SimClr.Tests.Fixtures;

/// <summary>Image files made for tests.</summary>
internal static class ImageBytes
{
    /// <summary>Smooth in space, so that lossy formats keep it, and different along both axes and in every channel.</summary>
    public static RgbImage Smooth(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var at = 3 * (y * width + x);
                image.Pixels[at] = (byte)(30 + 200 * x / width);
                image.Pixels[at + 1] = (byte)(220 - 180 * y / height);
                image.Pixels[at + 2] = (byte)(60 + 60 * (x + y) / (width + height));
            }
        return image;
    }

    public static byte[] Encode(RgbImage image, SKEncodedImageFormat format, int quality = 100)
    {
        using var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < image.Height; y++)
            for (var x = 0; x < image.Width; x++)
            {
                var at = 3 * (y * image.Width + x);
                bitmap.SetPixel(x, y, new SKColor(image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]));
            }
        return Encode(bitmap, format, quality);
    }

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format, int quality = 100)
    {
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>An uncompressed 24-bit BMP: rows from the bottom, blue first, padded to four bytes.</summary>
    public static byte[] Bmp(RgbImage image)
    {
        var stride = (3 * image.Width + 3) / 4 * 4;
        var bytes = new byte[54 + stride * image.Height];
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), image.Height);
        bytes[26] = 1;
        bytes[28] = 24;
        for (var y = 0; y < image.Height; y++)
            for (var x = 0; x < 3 * image.Width; x++)
                bytes[54 + (image.Height - 1 - y) * stride + x] = image.Pixels[3 * y * image.Width + x / 3 * 3 + 2 - x % 3];
        return bytes;
    }

    /// <summary>A GIF of two frames of 2x2: red, green / blue, white, then all white.</summary>
    public static byte[] Gif()
    {
        static IEnumerable<byte> Frame(params int[] indices)
        {
            // Every code is 3 bits wide: clear (4), pixels, end (5); a clear after every two pixels keeps the width at 3.
            var codes = new List<int>();
            for (var i = 0; i < indices.Length; i++)
            {
                if (i % 2 == 0) codes.Add(4);
                codes.Add(indices[i]);
            }
            codes.Add(5);
            ulong bits = 0;
            for (var i = 0; i < codes.Count; i++) bits |= (ulong)codes[i] << (3 * i);
            var packed = BitConverter.GetBytes(bits).Take((3 * codes.Count + 7) / 8).ToArray();
            return [0x2C, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, (byte)packed.Length, .. packed, 0];
        }
        return [.. "GIF89a"u8, 2, 0, 2, 0, 0x81, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255,
            .. Frame(0, 1, 2, 3), .. Frame(3, 3, 3, 3), 0x3B];
    }

    /// <summary>Puts an EXIF segment with an orientation (1..8) into a JPEG, right after its start marker.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation) =>
        [.. jpeg.AsSpan(0, 2), 0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0, .. jpeg.AsSpan(2)];

    /// <summary>The start of a PNG whose header claims a size; there are no pixels behind it.</summary>
    public static byte[] PngClaiming(int width, int height)
    {
        var header = new byte[17];
        "IHDR"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), height);
        (header[12], header[13]) = (8, 2);
        byte[] check = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc32(header));
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. header, .. check,
            0, 0, 0, 0, .. "IDAT"u8, 0x35, 0xAF, 0x06, 0x1E];
    }

    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }
        return ~crc;
    }
}
