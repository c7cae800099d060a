namespace SimClr.Onnx;

/// <summary>An argument of an operation that is not a tensor: one whole number, or several.</summary>
internal sealed class OnnxAttribute
{
    private const long IntegerKind = 2, IntegersKind = 7;

    private readonly string _name;
    private readonly long[] _values;
    private readonly bool _isList;

    private OnnxAttribute(string name, long[] values, bool isList) => (_name, _values, _isList) = (name, values, isList);

    /// <summary>A whole number.</summary>
    public static OnnxAttribute Number(string name, long value) => new(name, [value], isList: false);

    /// <summary>A list of whole numbers.</summary>
    public static OnnxAttribute List(string name, params long[] values) => new(name, values, isList: true);

    /// <summary>The attribute as an <c>AttributeProto</c>.</summary>
    public ProtobufMessage ToMessage()
    {
        var message = new ProtobufMessage().Add(1, _name);
        foreach (var value in _values) message.Add(_isList ? 8 : 3, value);
        return message.Add(20, _isList ? IntegersKind : IntegerKind);
    }
}
