using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace SimClr.Reporting;

/// <summary>
/// TensorBoard's files: records framed as in TFRecord (length, its checksum, data, its checksum; little endian), each of which
/// holds a protocol buffer <see cref="Event"/>.
/// </summary>
internal static class EventEncoding
{
    /// <summary>The first record of a file: which version of the format follows.</summary>
    public static void WriteVersion(Stream file, double wallTime) =>
        WriteRecord(file, new Event { WallTime = wallTime, FileVersion = "brain.Event:2" }.ToByteArray());

    /// <summary>A record with values of one step.</summary>
    /// <param name="file">Receives the record.</param>
    /// <param name="wallTime">Seconds since 1970.</param>
    /// <param name="step">The step.</param>
    /// <param name="scalars">Names of curves, and the next value of each.</param>
    public static void WriteScalars(
        Stream file, double wallTime, long step, IEnumerable<(string Tag, double Value)> scalars)
    {
        var summary = new Summary();
        foreach (var (tag, number) in scalars)
            summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)number });
        WriteRecord(file, new Event { WallTime = wallTime, Step = step, Summary = summary }.ToByteArray());
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
}
