using System.Buffers.Binary;
using System.IO.Compression;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Images;

/// <summary>PNG files made chunk by chunk.</summary>
internal static class PngBytes
{
    /// <summary>A chunk with its length and checksum.</summary>
    public static byte[] Chunk(string type, params ReadOnlySpan<byte> data)
    {
        byte[] chunk = [0, 0, 0, 0, .. type.Select(letter => (byte)letter), .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(^4), ImageBytes.Crc32(chunk.AsSpan(4..^4)));
        return chunk;
    }

    /// <summary>Data as zlib stores it.</summary>
    public static byte[] Deflated(ReadOnlySpan<byte> data)
    {
        using var result = new MemoryStream();
        using (var stream = new ZLibStream(result, CompressionLevel.SmallestSize)) stream.Write(data);
        return result.ToArray();
    }

    /// <summary>A file of rows whose first byte is a filter.</summary>
    public static byte[] Of(int width, int height, int depth, int color, byte[] rows, byte[] before, byte[] behind)
    {
        byte[] header = [0, 0, (byte)(width >> 8), (byte)width, 0, 0, (byte)(height >> 8), (byte)height, (byte)depth,
            (byte)color, 0, 0, 0];
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR", header), .. before, .. Chunk("IDAT", Deflated(rows)),
            .. behind,
            .. Chunk("IEND")];
    }
}
