using System.Buffers.Binary;

namespace SimClr.Models;

/// <summary>
/// Walks over the fields of a protocol buffers message in memory (https://protobuf.dev/programming-guides/encoding); nothing is
/// copied. What breaks off or contradicts itself is an <see cref="InvalidDataException"/>.
/// </summary>
internal struct ProtobufReader(ReadOnlyMemory<byte> message)
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;
    private ReadOnlyMemory<byte> _rest = message;
    private ulong _number;
    private int _kind;

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>The bytes of the current field: a text, a message, a packed list.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>The current field as a whole number.</summary>
    public readonly long Number => _kind == Bytes ? throw Broken("a number is missing") : (long)_number;

    /// <summary>The current field as a text.</summary>
    public readonly string Text => System.Text.Encoding.UTF8.GetString(Content.Span);

    /// <summary>The current field as a number of 32 bits with a point.</summary>
    public readonly float Single =>
        _kind == Fixed32 ? BitConverter.UInt32BitsToSingle((uint)_number) : throw Broken("a float is missing");

    /// <summary>Goes to the next field.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        var tag = ReadVarint();
        (Field, _kind, Content) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7), default);
        if (Field == 0) throw Broken("a field has no number");
        switch (_kind)
        {
            case Varint:
                _number = ReadVarint();
                break;
            case Fixed64:
                _number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span);
                break;
            case Fixed32:
                _number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span);
                break;
            case Bytes:
                Content = Take(ReadVarint());
                break;
            default:
                throw Broken("a field has an unknown kind");
        }
        return true;
    }

    /// <summary>Adds the current field to a list: one whole number, or a packed list of them.</summary>
    public readonly void AddNumbersTo(List<long> numbers)
    {
        if (_kind != Bytes)
        {
            numbers.Add(Number);
            return;
        }
        var packed = new ProtobufReader(Content);
        while (!packed._rest.IsEmpty) numbers.Add((long)packed.ReadVarint());
    }

    /// <summary>Adds the current field to a list: one number of 32 bits with a point, or a packed list of them.</summary>
    public readonly void AddSinglesTo(List<float> numbers)
    {
        if (_kind != Bytes)
        {
            numbers.Add(Single);
            return;
        }
        var span = Content.Span;
        if (span.Length % 4 != 0) throw Broken("a list of floats breaks off");
        for (var i = 0; i < span.Length; i += 4) numbers.Add(BinaryPrimitives.ReadSingleLittleEndian(span[i..]));
    }

    /// <summary>The current field as a <c>StringStringEntryProto</c>.</summary>
    public readonly (string Key, string Value) Pair()
    {
        var (key, value) = ("", "");
        var entry = new ProtobufReader(Content);
        while (entry.Next())
            if (entry.Field == 1) key = entry.Text;
            else if (entry.Field == 2) value = entry.Text;
        return (key, value);
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        var span = _rest.Span;
        for (var i = 0; i < Math.Min(10, span.Length); i++)
        {
            value |= (ulong)(span[i] & 0x7F) << (7 * i);
            if (span[i] >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return value;
        }
        throw Broken("a number breaks off");
    }

    private ReadOnlyMemory<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length) throw Broken("it breaks off");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private static InvalidDataException Broken(string how) => new(how);
}
