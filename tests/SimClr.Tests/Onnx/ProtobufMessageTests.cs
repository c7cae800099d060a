using SimClr.Onnx;

namespace SimClr.Tests.Onnx;

public sealed class ProtobufMessageTests
{
    [Fact]
    public void Fields_are_encoded_as_the_specification_shows()
    {
        // The three examples of https://protobuf.dev/programming-guides/encoding: a number, a text, an embedded message.
        Assert.Equal("08-96-01", Encoded(new ProtobufMessage().Add(1, 150)));
        Assert.Equal("12-07-74-65-73-74-69-6E-67", Encoded(new ProtobufMessage().Add(2, "testing")));
        Assert.Equal("1A-03-08-96-01", Encoded(new ProtobufMessage().Add(3, new ProtobufMessage().Add(1, 150))));
    }

    [Fact]
    public void Field_numbers_from_16_on_take_two_bytes_and_the_largest_number_nine()
    {
        Assert.Equal("A0-01-02", Encoded(new ProtobufMessage().Add(20, 2)));
        Assert.Equal("08-00", Encoded(new ProtobufMessage().Add(1, 0)));
        Assert.Equal("08-FF-FF-FF-FF-FF-FF-FF-FF-7F", Encoded(new ProtobufMessage().Add(1, long.MaxValue)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProtobufMessage().Add(1, -1));
    }

    [Fact]
    public void Bytes_are_made_when_they_are_written()
    {
        var made = 0;
        var message = new ProtobufMessage().Add(9, 300, stream =>
        {
            made++;
            stream.Write(new byte[300]);
        });
        Assert.Equal((0, 303), (made, message.Length));
        Assert.StartsWith("4A-AC-02-00-00", Encoded(message), StringComparison.Ordinal);
        Assert.Equal(1, made);
    }

    private static string Encoded(ProtobufMessage message)
    {
        using var stream = new MemoryStream();
        message.WriteTo(stream);
        Assert.Equal(message.Length, stream.Length);
        return BitConverter.ToString(stream.ToArray());
    }
}
