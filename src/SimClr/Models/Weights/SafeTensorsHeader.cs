using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>One tensor of a file: its bytes are [Start, End) counted from the end of the header.</summary>
internal sealed record SafeTensorsEntry(string Name, ScalarType Type, long[] Shape, long Start, long End);

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed record SafeTensorsHeader(IReadOnlyList<SafeTensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The format's own bound on the header.</summary>
    public const int LongestHeader = 100_000_000;

    public const string MetadataName = "__metadata__";

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">Number of bytes that follow the header in the file.</param>
    /// <exception cref="FormatException">The header breaks a rule of the format; the message says which.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string is no Unicode text.</exception>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength)
    {
        if (json.Length == 0 || json[0] != (byte)'{') throw new FormatException("the header does not begin with '{'");
        if (!Utf8.IsValid(json)) throw new FormatException("the header is not UTF-8");
        var (entries, metadata) = SafeTensorsHeaderReader.Read(json);
        foreach (var entry in entries) RequireSpan(entry);
        entries.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
        RequireGapless(entries, dataLength);
        return new SafeTensorsHeader(entries, metadata);
    }

    /// <summary>The header as bytes, padded with spaces so that the data begin at a multiple of 8.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (Metadata.Count > 0)
            {
                writer.WriteStartObject(MetadataName);
                foreach (var (key, value) in Metadata) writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            foreach (var entry in Entries)
            {
                writer.WriteStartObject(entry.Name);
                writer.WriteString("dtype", SafeTensorsTypes.NameOf(entry.Type));
                WriteNumbers(writer, "shape", entry.Shape);
                WriteNumbers(writer, "data_offsets", [entry.Start, entry.End]);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        var bytes = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        bytes.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(bytes);
        return bytes;
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, long[] numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static void RequireSpan(SafeTensorsEntry entry)
    {
        var empty = false;
        Int128 size = SafeTensorsTypes.SizeOf(entry.Type);
        foreach (var side in entry.Shape)
        {
            empty |= side == 0;
            size *= Math.Max(side, 1); // an empty tensor's other sides must not overflow its strides either
            if (size > long.MaxValue) throw new FormatException($"the shape of tensor '{entry.Name}' overflows");
        }
        if (empty) size = 0;
        var bytes = entry.End - entry.Start;
        if (size != bytes) throw new FormatException($"tensor '{entry.Name}' needs {size} bytes and has {bytes}");
    }

    private static void RequireGapless(List<SafeTensorsEntry> sorted, long dataLength)
    {
        long expected = 0;
        foreach (var entry in sorted)
        {
            if (entry.Start != expected)
                throw new FormatException($"the bytes of tensor '{entry.Name}' begin at {entry.Start} where {expected} is due");
            if (entry.End > dataLength)
                throw new FormatException($"the file ends before tensor '{entry.Name}' does ({dataLength} of {entry.End} bytes)");
            expected = entry.End;
        }
        if (expected != dataLength) throw new FormatException($"{dataLength - expected} bytes follow the last tensor");
    }
}
