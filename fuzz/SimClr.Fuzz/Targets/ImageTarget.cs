using System.Buffers.Binary;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Fuzz;

/// <summary>Images of every format that is read.</summary>
internal sealed class ImageTarget : ReaderTarget
{
    /// <summary>4 megapixels: what the default bound allows takes longer to decode than an input may.</summary>
    public const long MaxPixels = 4_000_000;

    public override IReadOnlyList<string> Words { get; } =
    [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "eXIf", "acTL", "fcTL", "zTXt", "\x89PNG\r\n\x1a\n",
        "\xff\xd8\xff", "\xff\xc0\0\x11\x08", "\xff\xc2\0\x11\x08", "\xff\xc4", "\xff\xda", "\xff\xdb", "\xff\xdd\0\x04",
        "\xff\xd9",
        "\xff\xe1\0\x22" + "Exif\0\0", "\xff\xee", "RIFF", "WEBPVP8 ", "WEBPVP8L", "WEBPVP8X", "ALPH", "ANIM", "ANMF",
        "EXIF", "ICCP",
        "GIF87a", "GIF89a", "\x21\xf9\x04", "\x21\xff\x0bNETSCAPE2.0", "\x2c", "BM", "\x28\0\0\0", "\x7c\0\0\0",
    ];

    // RGB and four-byte pixels, pooled, of the largest image; the pool rounds up to a power of two.
    public override long AllocationBound(long length) => 64 * 1024 + (3 + 8) * MaxPixels;

    // Coefficients of a progressive JPEG, an interlaced PNG, a WebP's planes: maximum number of bytes per pixel.
    public override long NativeBound(long length) => 32_000_000 + 4 * length + 12 * MaxPixels;

    public override string Read(byte[] input)
    {
        var size = ImageCodec.ReadSize(input, MaxPixels);
        var image = new RgbImage(1, 1);
        var shrink = ImageCodec.Decode(input, 2, image, MaxPixels);
        if (shrink == 1 && (image.Width, image.Height) != size)
            throw new InvalidOperationException($"The header says {size} and the pixels are {image.Width}x{image.Height}.");
        var middle = image.Pixels[(image.Pixels.Length / 2)];
        return $"{input[0]} {shrink} {int.Log2(image.Width)} {int.Log2(image.Height)} {middle / 32}";
    }

    public override bool IsDocumented(Exception exception) => exception is ImageFormatException;

    /// <summary>PNG's chunks end in checksums, and none of them would be right any more.</summary>
    public override byte[] Mend(byte[] input, CounterRandom random)
    {
        if (input is not [0x89, (byte)'P', ..]) return input;
        for (long at = 8; at + 12 <= input.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan((int)at));
            if (at + 12 + length > input.Length) break;
            var checkedBytes = input.AsSpan((int)at + 4, (int)length + 4);
            BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan((int)(at + 8 + length)), Checksum(checkedBytes));
            at += 12 + length;
        }
        return input;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
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
