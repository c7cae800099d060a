using System.Buffers.Binary;

namespace SimClr.Images;

/// <summary>
/// A check of the outline of an image file before a decoder works on it. Decoders have bounds on each part of a file; a file of
/// many small parts can still ask for gigabytes or for minutes. A PNG's outline is <see cref="PngOutline"/>'s.
/// </summary>
public static class ImageStructure
{
    /// <summary>
    /// Maximum number of pixels that all scans of a JPEG may visit, in multiples of the largest image's pixels.
    /// </summary>
    public const int MaxVisits = 16;

    /// <summary>
    /// So many parts may a file have: chunks of a PNG or WebP, segments of a JPEG. Decoders keep some forty to two hundred bytes
    /// for each that they do not use; what encoders write has a few, or one for every 8 kB of pixels.
    /// </summary>
    public const int MaxParts = 65_536;

    /// <summary>Whether the first bytes are those of a format that is read: no other decoder shall see them.</summary>
    public static bool HasKnownSignature(ReadOnlySpan<byte> bytes) =>
        bytes is [0xFF, 0xD8, ..] or [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [(byte)'B', (byte)'M', ..]
        || bytes.StartsWith("GIF8"u8)
        || (bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..].StartsWith("WEBP"u8));

    /// <summary>
    /// Goes through a JPEG's markers, behind its pixels too, or through a WebP's chunks; of other formats does nothing.
    /// </summary>
    /// <returns>How many scans a JPEG has; 0 for other formats.</returns>
    /// <exception cref="ImageFormatException">There are more parts than <see cref="MaxParts"/>.</exception>
    public static int CountScans(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xD8, ..]) return ScansOfJpeg(bytes);
        if (bytes is [(byte)'R', (byte)'I', ..]) RequireFewChunks(bytes);
        return 0;
    }

    /// <summary>Refuses a JPEG whose scans visit the image too often: each of 14 bytes can go through all pixels.</summary>
    /// <exception cref="ImageFormatException">There are too many scans for the size.</exception>
    public static void RequireFewScans(int scans, long pixels, long maxPixels)
    {
        var most = MaxVisits * maxPixels / pixels;
        if (scans > most)
            throw new ImageFormatException($"the JPEG has more than {most} scans, too many for {pixels:N0} pixels");
    }

    /// <summary>Counts a part.</summary>
    /// <exception cref="ImageFormatException">It is one too many.</exception>
    public static void Count(ref int parts, string format)
    {
        if (++parts > MaxParts) throw new ImageFormatException($"the {format} has more than {MaxParts:N0} parts");
    }

    private static int ScansOfJpeg(ReadOnlySpan<byte> bytes)
    {
        var (segments, scans) = (0, 0);
        for (var at = 2; at < bytes.Length - 1;)
        {
            var next = bytes[at..].IndexOf((byte)0xFF);
            if (next < 0) return scans;
            at += next + 1;
            while (at < bytes.Length && bytes[at] == 0xFF) at++;
            if (at >= bytes.Length - 2) return scans;
            var marker = bytes[at];
            if (marker == 0xD9) return scans;
            if (marker is 0 or 1 or (>= 0xD0 and <= 0xD8)) continue;
            if (marker == 0xDA) scans++; // bounded by the size, when that is known
            else Count(ref segments, "JPEG");
            at += 1 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 1)..]);
        }
        return scans;
    }

    private static void RequireFewChunks(ReadOnlySpan<byte> webp)
    {
        var chunks = 0;
        for (long at = 12; at <= webp.Length - 8;)
        {
            Count(ref chunks, "WebP");
            var length = BinaryPrimitives.ReadUInt32LittleEndian(webp[((int)at + 4)..]);
            at += 8 + (long)length + (length & 1); // padded to an even length
        }
    }
}
