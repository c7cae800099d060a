using System.Text;

namespace SimClr.Onnx;

/// <summary>
/// A protocol buffers message that is written to a stream: as much of https://protobuf.dev/programming-guides/encoding as ONNX
/// needs. Lengths are known before anything is written, and large fields are made when their turn comes, so that a network's
/// weights are never in memory together.
/// </summary>
internal sealed class ProtobufMessage
{
    private const int VarintType = 0, LengthDelimitedType = 2, LongestVarint = 10;

    private readonly List<Action<Stream>> _parts = [];

    /// <summary>Length in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a whole number or an enumeration's value, at least 0.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return Append([.. Varint((field << 3) | VarintType), .. Varint(value)]);
    }

    /// <summary>Adds a text.</summary>
    public ProtobufMessage Add(int field, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Append([.. Header(field, bytes.Length), .. bytes]);
    }

    /// <summary>Adds a message, which must be complete: its length is taken now.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Length, message.WriteTo);

    /// <summary>Adds bytes that are made when they are written.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="length">How many bytes there will be.</param>
    /// <param name="write">Writes exactly this number of bytes.</param>
    public ProtobufMessage Add(int field, long length, Action<Stream> write)
    {
        Append(Header(field, length));
        _parts.Add(write);
        Length += length;
        return this;
    }

    /// <summary>Writes the message.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (var write in _parts) write(stream);
    }

    private ProtobufMessage Append(byte[] bytes)
    {
        _parts.Add(stream => stream.Write(bytes));
        Length += bytes.Length;
        return this;
    }

    private static byte[] Header(int field, long length) =>
        [.. Varint((field << 3) | LengthDelimitedType), .. Varint(length)];

    /// <summary>Seven bits a byte, the lowest first; all bytes but the last have their highest bit set.</summary>
    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>(LongestVarint);
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
