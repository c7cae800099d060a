using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using static TorchSharp.torch;

namespace SimClr.Weights;

/// <summary>One tensor of a file: its bytes are [Start, End) counted from the end of the header.</summary>
internal sealed record SafeTensorsEntry(string Name, ScalarType Type, long[] Shape, long Start, long End);

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed record SafeTensorsHeader(IReadOnlyList<SafeTensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The format's own bound on the header.</summary>
    public const int LongestHeader = 100_000_000;

    public const string MetadataName = "__metadata__";

    private const int HighestRank = 64;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">Number of bytes that follow the header in the file.</param>
    /// <exception cref="FormatException">The header breaks a rule of the format; the message says which.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static SafeTensorsHeader Parse(ReadOnlyMemory<byte> json, long dataLength)
    {
        if (json.Length == 0 || json.Span[0] != (byte)'{') throw new FormatException("the header does not begin with '{'");
        if (!Utf8.IsValid(json.Span)) throw new FormatException("the header is not UTF-8");
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var entries = new List<SafeTensorsEntry>();
        var metadata = new Dictionary<string, string>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Name == MetadataName) ReadMetadata(property.Value, metadata);
            else entries.Add(ReadEntry(property.Name, property.Value));
        }
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

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{MetadataName} is not an object");
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                throw new FormatException($"{MetadataName} entry '{property.Name}' is not a string");
            metadata.Add(property.Name, property.Value.GetString()!);
        }
    }

    private static SafeTensorsEntry ReadEntry(string name, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("shape", out var shape)
            || !element.TryGetProperty("data_offsets", out var offsets))
            throw new FormatException($"tensor '{name}' lacks dtype, shape or data_offsets");
        var type = SafeTensorsTypes.Parse(dtype.GetString()!);
        var sides = ReadNumbers(name, "shape", shape, HighestRank);
        var span = ReadNumbers(name, "data_offsets", offsets, 2);
        if (span.Length != 2 || span[1] < span[0])
            throw new FormatException($"data_offsets of tensor '{name}' are not [start, end]");
        RequireSpan(name, sides, SafeTensorsTypes.SizeOf(type), span[1] - span[0]);
        return new SafeTensorsEntry(name, type, sides, span[0], span[1]);
    }

    private static long[] ReadNumbers(string name, string field, JsonElement element, int atMost)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > atMost)
            throw new FormatException($"{field} of tensor '{name}' is not an array of at most {atMost} numbers");
        var numbers = new long[element.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (element[i].ValueKind != JsonValueKind.Number || !element[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw new FormatException($"{field} of tensor '{name}' holds something else than whole numbers from 0 to 2^63-1");
        }
        return numbers;
    }

    private static void RequireSpan(string name, long[] sides, int elementSize, long bytes)
    {
        var empty = false;
        Int128 size = elementSize;
        foreach (var side in sides)
        {
            empty |= side == 0;
            size *= Math.Max(side, 1); // an empty tensor's other sides must not overflow its strides either
            if (size > long.MaxValue) throw new FormatException($"the shape of tensor '{name}' overflows");
        }
        if (empty) size = 0;
        if (size != bytes) throw new FormatException($"tensor '{name}' needs {size} bytes and has {bytes}");
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
