using System.Buffers.Binary;

namespace SimClr.Images;

/// <summary>
/// What the outline of a picture file tells before a decoder works on it. Decoders have bounds on each part of a file; a file of
/// many small parts can still ask for gigabytes or for minutes.
/// </summary>
internal static class PictureStructure
{
    /// <summary>A JPEG's scans may together visit so many times the largest picture's pixels.</summary>
    public const int MostVisits = 16;

    // Each may swell to 8 MB. What cameras and editors write has one to four.
    private const int MostCompressedTexts = 8;

    /// <summary>Whether the first bytes are those of a format that is read: no other decoder shall see them.</summary>
    public static bool HasKnownSignature(ReadOnlySpan<byte> bytes) =>
        bytes is [0xFF, 0xD8, ..] or [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [(byte)'B', (byte)'M', ..]
        || bytes.StartsWith("GIF8"u8)
        || (bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..].StartsWith("WEBP"u8));

    /// <summary>Refuses a PNG with many compressed texts before its pixels: libpng inflates and keeps every one.</summary>
    /// <exception cref="ImageFormatException">There are too many.</exception>
    public static void RequireFewTexts(ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [0x89, (byte)'P', ..]) return;
        var texts = 0;
        for (var at = 8; at <= bytes.Length - 8;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            var type = bytes.Slice(at + 4, 4);
            if (type.SequenceEqual("IDAT"u8)) return;
            if (type.SequenceEqual("zTXt"u8) || type.SequenceEqual("iTXt"u8)) texts++;
            if (texts > MostCompressedTexts)
                throw new ImageFormatException($"the PNG has more than {MostCompressedTexts} texts that may be compressed");
            if (length > (uint)(bytes.Length - at)) return;
            at += 12 + (int)length;
        }
    }

    /// <summary>Refuses a JPEG whose scans visit the picture too often: each of 14 bytes can go through all pixels.</summary>
    /// <exception cref="ImageFormatException">There are too many scans for the size.</exception>
    public static void RequireFewScans(ReadOnlySpan<byte> bytes, long pixels, long maxPixels)
    {
        var most = MostVisits * maxPixels / pixels;
        var scans = 0;
        for (var at = 2; at < bytes.Length - 1;)
        {
            var next = bytes[at..].IndexOf((byte)0xFF);
            if (next < 0) return;
            at += next + 1;
            while (at < bytes.Length && bytes[at] == 0xFF) at++;
            if (at >= bytes.Length - 2) return;
            var marker = bytes[at];
            if (marker == 0xD9) return;
            if (marker is 0 or 1 or (>= 0xD0 and <= 0xD8)) continue;
            if (marker == 0xDA && ++scans > most)
                throw new ImageFormatException($"the JPEG has more than {most} scans, too many for {pixels:N0} pixels");
            at += 1 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 1)..]);
        }
    }
}
