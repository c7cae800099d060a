using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SimClr.LoadLab;

/// <summary>Black images as PNG files, which are small whatever their size.</summary>
internal static class BlankPng
{
    private const int Rgb = 2, Rgba = 6;

    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>A square of 8 bits, row by row.</summary>
    public static byte[] Plain(int side) => Write(side, 8, Rgb, interlaced: false, (long)side * (1 + (3 * side)));

    /// <summary>A square of 16 bits with transparency, interlaced: what takes the most memory to decode.</summary>
    public static byte[] Costly(int side) => Write(side, 16, Rgba, interlaced: true, Passes.Sum(pass =>
    {
        var (width, height) = (Steps(side, pass.X, pass.StepX), Steps(side, pass.Y, pass.StepY));
        return width == 0 ? 0 : (long)height * (1 + (8 * width));
    }));

    /// <summary>A header that claims a square without any pixels behind it.</summary>
    public static byte[] Claim(int side) => Write(side, 8, Rgb, interlaced: false, 0);

    private static int Steps(int side, int from, int step) => Math.Max(0, (side - from + step - 1) / step);

    private static byte[] Write(int side, byte bits, byte color, bool interlaced, long length)
    {
        var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        (header[8], header[9], header[12]) = (bits, color, interlaced ? (byte)1 : (byte)0);
        Chunk(file, "IHDR", header);
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var zeros = new byte[1 << 16];
            for (var left = length; left > 0; left -= zeros.Length) zlib.Write(zeros, 0, (int)Math.Min(left, zeros.Length));
        }
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, string name, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] all = [.. Encoding.ASCII.GetBytes(name), .. content];
        file.Write(all);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(all));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
