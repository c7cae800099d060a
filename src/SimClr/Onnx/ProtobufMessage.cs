using Google.Protobuf;

namespace SimClr.Onnx;

/// <summary>
/// A protocol buffers message that is written to a stream. Lengths are known before anything is written, and large fields are
/// made when their turn comes, so that a network's weights are never in memory together.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly List<Action<Stream>> _parts = [];

    /// <summary>Length in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a whole number or an enumeration's value, at least 0.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return Append(output =>
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        });
    }

    /// <summary>Adds a text.</summary>
    public ProtobufMessage Add(int field, string text) => Append(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    });

    /// <summary>Adds a message, which must be complete: its length is taken now.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Length, message.WriteTo);

    /// <summary>Adds bytes that are made when they are written.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="length">How many bytes there will be.</param>
    /// <param name="write">Writes exactly this number of bytes.</param>
    public ProtobufMessage Add(int field, long length, Action<Stream> write)
    {
        Append(output =>
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteInt64(length);
        });
        _parts.Add(write);
        Length += length;
        return this;
    }

    /// <summary>Writes the message.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (var write in _parts) write(stream);
    }

    private ProtobufMessage Append(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true)) write(output);
        var bytes = memory.ToArray();
        _parts.Add(stream => stream.Write(bytes));
        Length += bytes.Length;
        return this;
    }
}
