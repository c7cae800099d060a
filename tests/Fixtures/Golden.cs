using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace SimClr.Tests.Fixtures;

/// <summary>
/// Golden values computed by other implementations' own code. A reader of its own, so that a fault in the library's
/// safetensors code cannot hide one elsewhere.
/// </summary>
internal sealed class Golden
{
    private readonly Dictionary<string, (string DType, long[] Shape, int Start, int End)> _entries = [];
    private readonly byte[] _data;
    private readonly int _origin;

    private Golden(byte[] data)
    {
        _data = data;
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(data);
        _origin = 8 + length;
        using var header = JsonDocument.Parse(data.AsMemory(8, length));
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__") continue;
            var offsets = entry.Value.GetProperty("data_offsets");
            _entries[entry.Name] = (
                entry.Value.GetProperty("dtype").GetString()!,
                [.. entry.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64())],
                offsets[0].GetInt32(), offsets[1].GetInt32());
        }
    }

    /// <summary>The arrays of a file in <c>Fixtures/Golden</c>.</summary>
    public static Golden Arrays(string file) => new(File.ReadAllBytes(PathOf(file)));

    /// <summary>The arrays of a file anywhere.</summary>
    public static Golden ArraysAt(string path) => new(File.ReadAllBytes(path));

    /// <summary>A JSON file in <c>Fixtures/Golden</c>.</summary>
    public static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathOf(file)));
        return document.RootElement.Clone();
    }

    public IEnumerable<string> Names => _entries.Keys;

    public long[] Shape(string name) => _entries[name].Shape;

    public float[] Float32(string name) => Read<float>(name, "F32");

    public double[] Float64(string name) => Read<double>(name, "F64");

    public long[] Int64(string name) => Read<long>(name, "I64");

    public byte[] UInt8(string name) => Read<byte>(name, "U8");

    /// <summary>A number that may be written as the string <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>.</summary>
    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? double.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
        : value.GetDouble();

    private T[] Read<T>(string name, string dtype) where T : unmanaged
    {
        var (actual, _, start, end) = _entries[name];
        Assert.Equal(dtype, actual);
        return MemoryMarshal.Cast<byte, T>(_data.AsSpan(_origin + start, end - start)).ToArray();
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Golden", file);
}
