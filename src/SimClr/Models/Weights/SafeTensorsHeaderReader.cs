using System.Text.Json;

namespace SimClr.Models;

/// <summary>
/// Reads the entries of a header token by token. There is no document tree, which would be several times as large as a hostile
/// header: what is kept is bounded by the bytes that are there.
/// </summary>
internal ref struct SafeTensorsHeaderReader
{
    private const int HighestRank = 64;

    private readonly List<SafeTensorsEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];
    private Utf8JsonReader _json;

    private SafeTensorsHeaderReader(ReadOnlySpan<byte> json) => _json = new Utf8JsonReader(json);

    /// <summary>Reads a header.</summary>
    /// <exception cref="FormatException">An entry breaks a rule of the format; the message says which.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string is no Unicode text.</exception>
    public static (List<SafeTensorsEntry> Entries, Dictionary<string, string> Metadata) Read(ReadOnlySpan<byte> json)
    {
        var reader = new SafeTensorsHeaderReader(json);
        reader.ReadAll();
        return (reader._entries, reader._metadata);
    }

    private void ReadAll()
    {
        var names = new HashSet<string>();
        _json.Read();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.GetString()!;
            if (!names.Add(name)) throw new FormatException($"there are duplicate entries '{name}'");
            _json.Read();
            if (name == SafeTensorsHeader.MetadataName) ReadMetadata();
            else _entries.Add(ReadEntry(name));
        }
        _json.Read(); // throws where something else than spaces follows
    }

    private void ReadMetadata()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            throw new FormatException($"{SafeTensorsHeader.MetadataName} is not an object");
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var key = _json.GetString()!;
            _json.Read();
            if (_json.TokenType != JsonTokenType.String)
                throw new FormatException($"{SafeTensorsHeader.MetadataName} entry '{key}' is not a string");
            if (!_metadata.TryAdd(key, _json.GetString()!))
                throw new FormatException($"{SafeTensorsHeader.MetadataName} has duplicate entries '{key}'");
        }
    }

    private SafeTensorsEntry ReadEntry(string name)
    {
        string? type = null;
        long[]? shape = null, span = null;
        if (_json.TokenType != JsonTokenType.StartObject) throw Incomplete(name);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("dtype"u8)) type = ReadType(name, type);
            else if (_json.ValueTextEquals("shape"u8)) shape = ReadNumbers(name, "shape", HighestRank, shape);
            else if (_json.ValueTextEquals("data_offsets"u8)) span = ReadNumbers(name, "data_offsets", 2, span);
            else _json.Skip();
        }
        if (type is null || shape is null || span is null) throw Incomplete(name);
        if (span.Length != 2 || span[1] < span[0])
            throw new FormatException($"data_offsets of tensor '{name}' are not [start, end]");
        return new SafeTensorsEntry(name, SafeTensorsTypes.Parse(type), shape, span[0], span[1]);
    }

    private string ReadType(string name, string? earlier)
    {
        if (earlier is not null) throw Duplicate(name, "dtype");
        _json.Read();
        return _json.TokenType == JsonTokenType.String ? _json.GetString()! : throw Incomplete(name);
    }

    private long[] ReadNumbers(string name, string field, int atMost, long[]? earlier)
    {
        if (earlier is not null) throw Duplicate(name, field);
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartArray) throw NotNumbers();
        var numbers = new List<long>(4);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var number) || number < 0)
                throw new FormatException($"{field} of tensor '{name}' holds something else than whole numbers from 0 to 2^63-1");
            if (numbers.Count == atMost) throw NotNumbers();
            numbers.Add(number);
        }
        return [.. numbers];

        FormatException NotNumbers() => new($"{field} of tensor '{name}' is not an array of at most {atMost} numbers");
    }

    private static FormatException Incomplete(string name) => new($"tensor '{name}' lacks dtype, shape or data_offsets");

    private static FormatException Duplicate(string name, string field) => new($"tensor '{name}' has duplicate fields {field}");
}
