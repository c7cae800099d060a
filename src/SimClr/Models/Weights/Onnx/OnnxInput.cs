namespace SimClr.Models;

/// <summary>A value that the caller of an ONNX graph gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsBytes">Whether its elements are bytes, as pixels come.</param>
/// <param name="Shape">Its shape; 0 where a size is open.</param>
internal sealed record OnnxInput(string Name, bool IsBytes, IReadOnlyList<long> Shape)
{
    private const long UInt8 = 2;

    /// <summary>Reads a <c>ValueInfoProto</c>.</summary>
    public static OnnxInput Read(ReadOnlyMemory<byte> message)
    {
        var (name, type) = ("", 0L);
        var shape = new List<long>();
        var reader = new ProtobufReader(message);
        while (reader.Next())
            if (reader.Field == 1) name = reader.Text;
            else if (reader.Field == 2) ReadType(reader.Content);
        return new OnnxInput(name, type == UInt8, shape);

        void ReadType(ReadOnlyMemory<byte> content)
        {
            var fields = new ProtobufReader(content);
            while (fields.Next())
                if (fields.Field == 1) ReadTensorType(fields.Content);
        }

        void ReadTensorType(ReadOnlyMemory<byte> content)
        {
            var fields = new ProtobufReader(content);
            while (fields.Next())
                if (fields.Field == 1) type = fields.Number;
                else if (fields.Field == 2) ReadShape(fields.Content);
        }

        void ReadShape(ReadOnlyMemory<byte> content)
        {
            var fields = new ProtobufReader(content);
            while (fields.Next())
            {
                if (fields.Field != 1) continue;
                var size = 0L;
                var dimension = new ProtobufReader(fields.Content);
                while (dimension.Next())
                    if (dimension.Field == 1) size = dimension.Number;
                shape.Add(size);
            }
        }
    }
}
