using System.Buffers.Binary;
using System.Text;
using SimClr.Models;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Onnx;

/// <summary>
/// Writes a network as exporters other than ours do: batch norms as nodes, numbered names, a preprocessing of their own. What is
/// wrong with it can be chosen.
/// </summary>
internal sealed class ForeignOnnx(ResNet encoder)
{
    private readonly List<byte[]> _nodes = [], _constants = [];
    private readonly Dictionary<string, Tensor> _state = encoder.state_dict();
    private int _values;

    /// <summary>ε of the batch norms.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The image's side, or 0 to leave it open.</summary>
    public int Side { get; init; }

    /// <summary>Whether the input is bytes, rows of red, green and blue; else planes.</summary>
    public bool IsBytes { get; init; }

    /// <summary>Writes the operations before the network, and returns what the network takes.</summary>
    public Func<ForeignOnnx, string, string> Preprocessing { get; init; } = (_, input) => input;

    /// <summary>More attributes of every 3×3 convolution.</summary>
    public byte[][] More { get; init; } = [];

    /// <summary>The pads at the ends of convolutions with stride 2: half of the kernel, less this.</summary>
    public int LessAtTheEnd { get; init; }

    /// <summary>Whether the first convolution of a bottleneck has the stride, as in the first version.</summary>
    public bool FirstVersion { get; init; }

    /// <summary>Whether the last block leads back to the first one, as in no real graph.</summary>
    public bool IsCircular { get; init; }

    /// <summary>The file that holds the constants' values; null for the model itself.</summary>
    public string? Outside { get; init; }

    /// <summary>The name by which the model calls that file.</summary>
    public string? OutsideName { get; init; }

    /// <summary>Writes the file.</summary>
    public void Write(string path)
    {
        var map = Preprocessing(this, "images");
        var options = encoder.Options;
        map = Relu(Layer(map, "conv1", "bn1", options.Stem == StemKind.Cifar ? 1 : 2));
        if (options.Stem == StemKind.ImageNet)
            map = Node("MaxPool", [map], Numbers("kernel_shape", 3, 3), Numbers("strides", 2, 2), Numbers("pads", 1, 1, 1, 1));
        var begin = map;
        for (var stage = 0; stage < 4; stage++)
            for (var block = 0; block < options.Blocks[stage]; block++)
                map = Block(map, $"layer{stage + 1}.{block}", stage > 0 && block == 0 ? 2 : 1);
        if (IsCircular) _nodes[^1] = [.. Field(1, $"v{_values - 1}"), .. Field(2, begin), .. Field(4, "Relu")];
        Node("GlobalAveragePool", [map]);
        var output = $"v{_values}";
        byte[] graph =
        [
            .. _nodes.SelectMany(node => Field(1, node)), .. Field(2, "main"),
            .. _constants.SelectMany(constant => Field(5, constant)),
            .. Field(11, Value("images", IsBytes ? 2 : 1, IsBytes ? [1, Side, Side, 3] : [1, 3, Side, Side])),
            .. Field(12, Value(output, 1, [1, encoder.FeatureDimension, 1, 1])),
        ];
        File.WriteAllBytes(path, [.. Field(1, 8), .. Field(2, "another"), .. Field(7, graph), .. Field(8, [.. Field(2, 17)])]);
    }

    /// <summary>Adds a node and returns its first result.</summary>
    public string Node(string operation, string[] inputs, params byte[][] attributes) =>
        Node(operation, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several results.</summary>
    public string[] Node(string operation, string[] inputs, int count, params byte[][] attributes)
    {
        var outputs = Enumerable.Range(0, count).Select(_ => $"v{++_values}").ToArray();
        _nodes.Add([.. inputs.SelectMany(input => Field(1, input)), .. outputs.SelectMany(output => Field(2, output)),
            .. Field(4, operation), .. attributes.SelectMany(attribute => Field(5, attribute))]);
        return outputs;
    }

    /// <summary>Adds a constant of float32.</summary>
    public string Constant(float[] values, params long[] shape)
    {
        var name = $"p{_constants.Count}";
        var bytes = new byte[4 * values.Length];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        byte[] content = Outside is null ? Field(9, bytes) : SetAside(bytes);
        _constants.Add([.. shape.SelectMany(size => Field(1, size)), .. Field(2, 1), .. Field(8, name), .. content]);
        return name;
    }

    /// <summary>Adds a constant of whole numbers.</summary>
    public string Indices(params long[] values)
    {
        var name = $"p{_constants.Count}";
        _constants.Add([.. Field(1, values.Length), .. Field(2, 7), .. Field(8, name), .. values.SelectMany(v => Field(7, v))]);
        return name;
    }

    /// <summary>An attribute of whole numbers.</summary>
    public static byte[] Numbers(string name, params long[] values) =>
        [.. Field(1, name), .. values.SelectMany(value => Field(8, value)), .. Field(20, 7)];

    /// <summary>An attribute of one whole number.</summary>
    public static byte[] Number(string name, long value) => [.. Field(1, name), .. Field(3, value), .. Field(20, 2)];

    /// <summary>An attribute of text.</summary>
    public static byte[] Text(string name, string value) => [.. Field(1, name), .. Field(4, value), .. Field(20, 3)];

    private static byte[] Single(string name, float value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return [.. Field(1, name), (2 << 3) | 5, .. bytes, .. Field(20, 1)];
    }

    private string Block(string input, string name, int stride)
    {
        var isDeep = encoder.Options.Bottlenecks;
        var (first, second) = !isDeep || FirstVersion ? (stride, 1) : (1, stride);
        var branch = Relu(Layer(input, $"{name}.conv1", $"{name}.bn1", first));
        branch = Layer(branch, $"{name}.conv2", $"{name}.bn2", second);
        if (isDeep) branch = Layer(Relu(branch), $"{name}.conv3", $"{name}.bn3", 1);
        var shortcut = _state.ContainsKey($"{name}.downsample.0.weight")
            ? Layer(input, $"{name}.downsample.0", $"{name}.downsample.1", stride)
            : input;
        return Relu(Node("Add", [branch, shortcut]));
    }

    private string Layer(string input, string convolution, string norm, int stride)
    {
        var kernel = _state[convolution + ".weight"];
        var (side, half) = (kernel.shape[2], kernel.shape[2] / 2);
        var end = half > 0 && stride == 2 ? half - LessAtTheEnd : half;
        var map = Node("Conv", [input, Weight(kernel)], [
            Numbers("kernel_shape", side, side), Numbers("strides", stride, stride), Numbers("pads", half, half, end, end),
            .. side == 3 ? More : []]);
        string[] parts = ["weight", "bias", "running_mean", "running_var"];
        return Node("BatchNormalization", [map, .. parts.Select(part => Weight(_state[$"{norm}.{part}"]))],
            Single("epsilon", Epsilon));
    }

    private string Relu(string input) => Node("Relu", [input]);

    private string Weight(Tensor tensor)
    {
        using var contiguous = tensor.detach().contiguous();
        return Constant(contiguous.data<float>().ToArray(), tensor.shape);
    }

    private byte[] SetAside(byte[] bytes)
    {
        var offset = File.Exists(Outside) ? new FileInfo(Outside!).Length : 0;
        using (var stream = File.Open(Outside!, FileMode.Append)) stream.Write(bytes);
        var entries = new[] { ("location", OutsideName!), ("offset", $"{offset}"), ("length", $"{bytes.Length}") };
        return [.. entries.SelectMany(e => Field(13, [.. Field(1, e.Item1), .. Field(2, e.Item2)])), .. Field(14, 1)];
    }

    private static byte[] Value(string name, long type, long[] shape)
    {
        byte[] sizes = [.. shape.SelectMany(size => Field(1, size > 0 ? Field(1, size) : Field(2, "open")))];
        return [.. Field(1, name), .. Field(2, [.. Field(1, [.. Field(1, type), .. Field(2, sizes)])])];
    }

    private static byte[] Field(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Field(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) =>
        [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
