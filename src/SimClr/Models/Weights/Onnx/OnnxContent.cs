namespace SimClr.Models;

/// <summary>
/// What an ONNX file holds (https://onnx.ai/onnx/repo-docs/IR.html): a graph of operations, its constants, and what the writer
/// says. Casts, identities and dropout, which change nothing here, are looked through.
/// </summary>
internal sealed class OnnxContent
{
    private static readonly string[] Transparent = ["Identity", "Cast", "Dropout"];

    private readonly Dictionary<string, string> _sources = [];
    private readonly Dictionary<string, OnnxTensor> _constants = [];
    private readonly Dictionary<string, List<OnnxNode>> _users = [];
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxInput> _inputs = [];
    private readonly Dictionary<string, string> _metadata = [];

    private OnnxContent(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The operations in an order in which they can be computed, without those that are looked through.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>What a caller gives.</summary>
    public IReadOnlyList<OnnxInput> Inputs => _inputs;

    /// <summary>The writer's properties.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads a file; the values of its constants are read when they are asked for.</summary>
    /// <exception cref="WeightsException">The file cannot be read or is no ONNX file.</exception>
    public static OnnxContent Read(string path)
    {
        try
        {
            var content = new OnnxContent(path);
            content.ReadModel(File.ReadAllBytes(path));
            return content;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            var what = e is InvalidDataException ? "is no ONNX file" : "cannot be read";
            throw WeightsException.For(path, $"{what}: {e.Message}", e);
        }
    }

    /// <summary>The value that another one only repeats.</summary>
    public string SourceOf(string value)
    {
        while (_sources.TryGetValue(value, out var source)) value = source;
        return value;
    }

    /// <summary>A constant, or null for a value that is computed.</summary>
    public OnnxTensor? Constant(string value) => _constants.GetValueOrDefault(SourceOf(value));

    /// <summary>The operations that take a value.</summary>
    public IReadOnlyList<OnnxNode> UsersOf(string value) => _users.GetValueOrDefault(value, []);

    private void ReadModel(ReadOnlyMemory<byte> model)
    {
        var hasGraph = false;
        var reader = new ProtobufReader(model);
        while (reader.Next())
            if (reader.Field == 7)
            {
                ReadGraph(reader.Content);
                hasGraph = true;
            }
            else if (reader.Field == 14)
            {
                var (key, value) = reader.Pair();
                _metadata[key] = value;
            }
        if (!hasGraph || _nodes.Count == 0) throw new InvalidDataException("it holds no graph");
    }

    private void ReadGraph(ReadOnlyMemory<byte> graph)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        var inputs = new List<OnnxInput>();
        var nodes = new List<OnnxNode>();
        var reader = new ProtobufReader(graph);
        while (reader.Next())
            switch (reader.Field)
            {
                case 1:
                    nodes.Add(OnnxNode.Read(reader.Content, folder));
                    break;
                case 5:
                    var constant = OnnxTensor.Read(reader.Content, folder);
                    _constants[constant.Name] = constant;
                    break;
                case 11:
                    inputs.Add(OnnxInput.Read(reader.Content));
                    break;
                default:
                    break;
            }
        _inputs.AddRange(inputs.Where(input => !_constants.ContainsKey(input.Name))); // of old, constants were inputs too
        foreach (var node in nodes) Add(node);
    }

    private void Add(OnnxNode node)
    {
        if (node.Operation == "Constant")
        {
            if (node.Value is { } value) _constants[node.Output] = value;
            return;
        }
        if (Transparent.Contains(node.Operation) && node.Inputs.Count > 0)
        {
            var source = SourceOf(node.Inputs[0]);
            if (source == node.Output) throw new InvalidDataException($"'{source}' depends on itself");
            _sources[node.Output] = source;
            return;
        }
        var seen = node with { Inputs = [.. node.Inputs.Select(SourceOf)] };
        _nodes.Add(seen);
        foreach (var input in seen.Inputs.Distinct())
        {
            if (!_users.TryGetValue(input, out var users)) _users[input] = users = [];
            users.Add(seen);
        }
    }
}
