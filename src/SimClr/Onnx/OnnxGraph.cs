using SimClr.Models;
using static TorchSharp.torch;

namespace SimClr.Onnx;

/// <summary>
/// A computation in the ONNX format (https://onnx.ai/onnx/repo-docs/IR.html), built node by node in the order of execution. Every
/// value has a name. Inputs and outputs have a batch dimension N of any size.
/// </summary>
internal sealed class OnnxGraph(string name)
{
    private const string Batch = "N";

    private readonly List<ProtobufMessage> _nodes = [], _constants = [], _inputs = [], _outputs = [];

    /// <summary>Declares an input <c>[N, sizes…]</c> and returns its name.</summary>
    public string Input(string input, OnnxType type, string description, params ReadOnlySpan<long> sizes)
    {
        _inputs.Add(Value(input, type, description, sizes));
        return input;
    }

    /// <summary>Declares a value that was computed, <c>[N, sizes…]</c>, as an output.</summary>
    public void Output(string output, OnnxType type, string description, params ReadOnlySpan<long> sizes) =>
        _outputs.Add(Value(output, type, description, sizes));

    /// <summary>Adds a constant and returns its name.</summary>
    /// <param name="constant">Its name.</param>
    /// <param name="type"><see cref="OnnxType.Float32"/> or <see cref="OnnxType.Float16"/>.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="make">Makes the values, of any floating-point type, when the file is written.</param>
    public string Constant(string constant, OnnxType type, ReadOnlySpan<long> shape, Func<Tensor> make)
    {
        var message = new ProtobufMessage();
        long length = type == OnnxType.Float16 ? 2 : 4;
        foreach (var size in shape)
        {
            message.Add(1, size);
            length *= size;
        }
        _constants.Add(message.Add(2, (long)type).Add(8, constant).Add(9, length, stream => Write(constant, type, make, stream)));
        return constant;
    }

    /// <summary>Adds an operation with one result and returns the result's name, which is the node's.</summary>
    public string Node(
        string operation, string node, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node(operation, node, inputs, [node], attributes);

    /// <summary>Adds an operation with two results.</summary>
    public (string First, string Second) Halves(
        string operation, string node, string input, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        var (first, second) = (node + ".0", node + ".1");
        Node(operation, node, [input], [first, second], attributes);
        return (first, second);
    }

    /// <summary>The graph as a <c>GraphProto</c>. Nothing may be added afterwards.</summary>
    public ProtobufMessage ToMessage()
    {
        var message = new ProtobufMessage();
        foreach (var node in _nodes) message.Add(1, node);
        message.Add(2, name);
        foreach (var constant in _constants) message.Add(5, constant);
        foreach (var input in _inputs) message.Add(11, input);
        foreach (var output in _outputs) message.Add(12, output);
        return message;
    }

    private string Node(string operation, string node, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs,
        ReadOnlySpan<OnnxAttribute> attributes)
    {
        var message = new ProtobufMessage();
        foreach (var input in inputs) message.Add(1, input);
        foreach (var output in outputs) message.Add(2, output);
        message.Add(3, node).Add(4, operation);
        foreach (var attribute in attributes) message.Add(5, attribute.ToMessage());
        _nodes.Add(message);
        return outputs[0];
    }

    private static ProtobufMessage Value(string value, OnnxType type, string description, ReadOnlySpan<long> sizes)
    {
        var shape = new ProtobufMessage().Add(1, new ProtobufMessage().Add(2, Batch));
        foreach (var size in sizes) shape.Add(1, new ProtobufMessage().Add(1, size));
        var tensor = new ProtobufMessage().Add(1, (long)type).Add(2, shape);
        return new ProtobufMessage().Add(1, value).Add(2, new ProtobufMessage().Add(1, tensor)).Add(3, description);
    }

    private static void Write(string constant, OnnxType type, Func<Tensor> make, Stream stream)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var values = make().to(type == OnnxType.Float16 ? ScalarType.Float16 : ScalarType.Float32);
        if (!values.isfinite().all().item<bool>())
            throw new WeightsException(type == OnnxType.Float16
                ? $"{constant} goes beyond float16 (65,504); export it with precision fp32"
                : $"{constant} holds values that are not finite");
        TensorBytes.Read(values, stream.Write);
    }
}
