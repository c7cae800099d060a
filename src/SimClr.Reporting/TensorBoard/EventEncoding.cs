using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace SimClr.Reporting;

/// <summary>
/// TensorBoard's files: records framed as in TFRecord (length, its checksum, data, its checksum; little endian), each of which
/// holds a protocol buffer <c>tensorflow.Event</c>. Only the few fields that curves need are written.
/// </summary>
internal static class EventEncoding
{
    // Field numbers of Event, Summary and Summary.Value in tensorflow/core/util/event.proto and framework/summary.proto.
    private const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, Value = 1, Tag = 1, SimpleValue = 2;

    private const int Varint = 0, EightBytes = 1, Bytes = 2, FourBytes = 5;

    /// <summary>The first record of a file: which version of the format follows.</summary>
    public static void WriteVersion(Stream file, double wallTime)
    {
        using var message = new MemoryStream();
        WriteDouble(message, WallTime, wallTime);
        WriteBytes(message, FileVersion, "brain.Event:2"u8);
        WriteRecord(file, message.ToArray());
    }

    /// <summary>A record with values of one step.</summary>
    /// <param name="file">Receives the record.</param>
    /// <param name="wallTime">Seconds since 1970.</param>
    /// <param name="step">The step.</param>
    /// <param name="scalars">Names of curves and what is added to each.</param>
    public static void WriteScalars(
        Stream file, double wallTime, long step, IEnumerable<(string Tag, double Value)> scalars)
    {
        using MemoryStream message = new(), summary = new(), value = new();
        WriteDouble(message, WallTime, wallTime);
        WriteKey(message, Step, Varint);
        WriteVarint(message, (ulong)step);
        foreach (var (tag, number) in scalars)
        {
            value.SetLength(0);
            WriteBytes(value, Tag, Encoding.UTF8.GetBytes(tag));
            WriteFloat(value, SimpleValue, (float)number);
            WriteBytes(summary, Value, value.ToArray());
        }
        WriteBytes(message, Summary, summary.ToArray());
        WriteRecord(file, message.ToArray());
    }

    /// <summary>The checksum CRC-32C (Castagnoli).</summary>
    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = ~0u;
        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    /// <summary>A checksum as TFRecord stores it: turned and shifted, so that data with checksums inside have others.</summary>
    public static uint Masked(uint checksum) => unchecked(BitOperations.RotateRight(checksum, 15) + 0xA282_EAD8);

    private static void WriteRecord(Stream file, ReadOnlySpan<byte> data)
    {
        Span<byte> frame = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Masked(Checksum(frame[..8])));
        file.Write(frame);
        file.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Masked(Checksum(data)));
        file.Write(frame[..4]);
    }

    private static void WriteKey(Stream message, int field, int kind) => WriteVarint(message, (ulong)(field << 3 | kind));

    private static void WriteVarint(Stream message, ulong value)
    {
        for (; value >= 0x80; value >>= 7) message.WriteByte((byte)(value | 0x80));
        message.WriteByte((byte)value);
    }

    private static void WriteDouble(Stream message, int field, double value)
    {
        WriteKey(message, field, EightBytes);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        message.Write(bytes);
    }

    private static void WriteFloat(Stream message, int field, float value)
    {
        WriteKey(message, field, FourBytes);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        message.Write(bytes);
    }

    private static void WriteBytes(Stream message, int field, ReadOnlySpan<byte> bytes)
    {
        WriteKey(message, field, Bytes);
        WriteVarint(message, (ulong)bytes.Length);
        message.Write(bytes);
    }
}
