namespace SimClr.Models;

/// <summary>An operation of an ONNX graph.</summary>
/// <param name="Operation">Its name in the standard, for example <c>Conv</c>.</param>
/// <param name="Inputs">Names of the values it takes; empty for one that is left out.</param>
/// <param name="Outputs">Names of the values it makes.</param>
/// <param name="Numbers">Attributes of whole numbers.</param>
/// <param name="Singles">Attributes of one number with a point.</param>
/// <param name="Texts">Attributes of text.</param>
/// <param name="Value">The tensor of a <c>Constant</c>; else null.</param>
internal sealed record OnnxNode(
    string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, IReadOnlyList<long>> Numbers, IReadOnlyDictionary<string, float> Singles,
    IReadOnlyDictionary<string, string> Texts, OnnxTensor? Value)
{
    /// <summary>The first value it makes.</summary>
    public string Output => Outputs[0];

    /// <summary>A list of whole numbers, or the standard's value where it is left out.</summary>
    public IReadOnlyList<long> List(string attribute, params long[] otherwise) => Numbers.GetValueOrDefault(attribute, otherwise);

    /// <summary>A whole number, or the standard's value where it is left out.</summary>
    public long Number(string attribute, long otherwise) =>
        Numbers.TryGetValue(attribute, out var found) && found.Count > 0 ? found[0] : otherwise;

    /// <summary>Reads a <c>NodeProto</c>.</summary>
    public static OnnxNode Read(ReadOnlyMemory<byte> message, string folder)
    {
        var operation = "";
        List<string> inputs = [], outputs = [];
        var numbers = new Dictionary<string, IReadOnlyList<long>>();
        var singles = new Dictionary<string, float>();
        var texts = new Dictionary<string, string>();
        OnnxTensor? value = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
            switch (reader.Field)
            {
                case 1:
                    inputs.Add(reader.Text);
                    break;
                case 2:
                    outputs.Add(reader.Text);
                    break;
                case 4:
                    operation = reader.Text;
                    break;
                case 5:
                    ReadAttribute(reader.Content);
                    break;
                default:
                    break;
            }
        if (outputs.Count == 0) throw new InvalidDataException($"{operation} makes nothing");
        return new OnnxNode(operation, inputs, outputs, numbers, singles, texts, value);

        void ReadAttribute(ReadOnlyMemory<byte> attribute)
        {
            var name = "";
            var list = new List<long>();
            float? single = null;
            string? text = null;
            var fields = new ProtobufReader(attribute);
            while (fields.Next())
                switch (fields.Field)
                {
                    case 1:
                        name = fields.Text;
                        break;
                    case 2:
                        single = fields.Single;
                        break;
                    case 3 or 8:
                        fields.AddNumbersTo(list);
                        break;
                    case 4:
                        text = fields.Text;
                        break;
                    case 5:
                        value = OnnxTensor.Read(fields.Content, folder);
                        break;
                    default:
                        break;
                }
            if (list.Count > 0) numbers[name] = list;
            if (single is { } number) singles[name] = number;
            if (text is not null) texts[name] = text;
        }
    }
}
