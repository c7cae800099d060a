namespace SimClr.Models;

/// <summary>
/// Finds the residual network of an ONNX graph by its structure alone: names differ from exporter to exporter, the order of
/// operations does not.
/// </summary>
internal sealed class OnnxResNet
{
    private readonly OnnxContent _content;
    private readonly Dictionary<string, OnnxLayer> _layers = [];
    private readonly List<Block> _blocks = [];

    private OnnxResNet(OnnxContent content, OnnxNode stem)
    {
        _content = content;
        var first = OnnxLayer.Read(content, stem);
        var map = Activated(first);
        var pool = content.UsersOf(map) is [{ Operation: "MaxPool" } only] ? only : null;
        Options = StemOf(first, pool);
        Add("conv1", "bn1", first);
        map = ReadBlocks(pool?.Output ?? map);
        Options = Name(first);
        Rest = [.. content.UsersOf(map).Select(node => node.Operation)];
    }

    /// <summary>Which network it is.</summary>
    public ResNetOptions Options { get; }

    /// <summary>The layers by the names of their convolution and batch norm, joined by a space.</summary>
    public IReadOnlyDictionary<string, OnnxLayer> Layers => _layers;

    /// <summary>The operations that follow the last block: pooling.</summary>
    public IReadOnlyList<string> Rest { get; }

    /// <summary>Reads the network that begins with a convolution.</summary>
    /// <exception cref="WeightsException">It is none that this library has; the message says where it differs.</exception>
    public static OnnxResNet Read(OnnxContent content, OnnxNode stem) => new(content, stem);

    private ResNetOptions StemOf(OnnxLayer first, OnnxNode? pool) => (first.Side, first.Stride, pool) switch
    {
        (7, 2, not null) when pool.List("kernel_shape") is [3, 3] && pool.List("strides", 1, 1) is [2, 2]
            && pool.List("pads", 0, 0, 0, 0) is [1, 1, 0 or 1, 0 or 1] && pool.Number("ceil_mode", 0) == 0 =>
            new ResNetOptions { Stem = StemKind.ImageNet },
        (3, 1, null) => new ResNetOptions { Stem = StemKind.Cifar },
        (3, 2, _) => throw Unknown("looks like a ResNet-D, with a stem of several convolutions, or like no ResNet"),
        _ => throw Unknown($"begins with a convolution of {first.Side}x{first.Side} and stride {first.Stride}"
            + (pool is null ? "" : " and a pooling")
            + "; known are 7x7 with stride 2 and a pooling of 3x3, and 3x3 with stride 1"),
    };

    private string ReadBlocks(string map)
    {
        while (true)
        {
            var users = _content.UsersOf(map);
            var convolutions = users.Where(node => node.Operation == "Conv").ToList();
            if (convolutions.Count == 0) return map;
            if (_blocks.Count == _content.Nodes.Count) throw Unknown("has residual blocks that go in a circle");
            var sums = users.Where(node => node.Operation == "Add").ToList();
            if ((convolutions.Count, sums.Count, users.Count) is not ((1, 1, 2) or (2, 0, 2))) throw NoBlock(users);
            var layers = convolutions.Select(node => OnnxLayer.Read(_content, node)).ToList();
            // The shortcut goes to the sum at once, the branch through a ReLU.
            var shortcut = layers.Count == 1 ? null : layers.Find(layer => IsUsedBy(layer.Output, "Add"));
            var branch = new List<OnnxLayer> { layers.Find(layer => layer != shortcut)! };
            while (IsUsedBy(branch[^1].Output, "Relu") && branch.Count < 3)
                branch.Add(_content.UsersOf(Activated(branch[^1])) is [{ Operation: "Conv" } next]
                    ? OnnxLayer.Read(_content, next)
                    : throw NoBlock(users));
            if (branch.Count < 2 || _content.UsersOf(branch[^1].Output) is not [{ Operation: "Add" } sum]
                || !sum.Inputs.Contains(shortcut?.Output ?? map) || (layers.Count == 2 && shortcut is null))
                throw NoBlock(users);
            _blocks.Add(new Block(branch, shortcut));
            map = Activated(sum.Output);
        }
    }

    private ResNetOptions Name(OnnxLayer first)
    {
        if (_blocks.Count == 0) throw Unknown("has no residual blocks behind its first convolution");
        var bottlenecks = _blocks[0].Branch.Count == 3;
        int[] sides = bottlenecks ? [1, 3, 1] : [3, 3];
        var counts = new List<int>();
        var channels = 0L;
        foreach (var block in _blocks)
        {
            if (!block.Branch.Select(layer => (int)layer.Side).SequenceEqual(sides)) throw Unknown("has blocks of several kinds");
            if (block.Branch[0].Outputs != channels)
            {
                channels = block.Branch[0].Outputs;
                counts.Add(0);
            }
            RequireStride(block, counts.Count > 1 && counts[^1] == 0 ? 2 : 1, bottlenecks);
            AddBlock($"layer{counts.Count}.{counts[^1]++}", block);
        }
        var known = ResNetOptions.Names.Select(name => Options with { Name = name })
            .FirstOrDefault(option => option.Bottlenecks == bottlenecks && option.Blocks.SequenceEqual(counts));
        if (known is null)
            throw Unknown($"looks like a ResNet of {string.Join("-", counts)} {(bottlenecks ? "bottleneck" : "basic")} blocks; "
                + $"known are {string.Join(", ", ResNetOptions.Names)}");
        if (first.Outputs is < 16 or > 256)
            throw Unknown($"looks like {known.Name} with {first.Outputs} channels in its stem; known are 16 to 256");
        return known with { Width = first.Outputs / 64.0 };
    }

    private void RequireStride(Block block, int expected, bool bottlenecks)
    {
        var strided = bottlenecks ? 1 : 0; // of a bottleneck the 3x3 ("v1.5")
        for (var i = 0; i < block.Branch.Count; i++)
        {
            if (block.Branch[i].Stride == (i == strided ? expected : 1)) continue;
            throw Unknown(bottlenecks && i == 0 && block.Branch[i].Stride == expected
                ? "looks like a ResNet of the first version, with strides in 1x1 convolutions; known are those in 3x3 (v1.5)"
                : "looks like a ResNet whose stages shrink the image elsewhere than at their beginning");
        }
        if (block.Shortcut is { } shortcut && (shortcut.Side != 1 || shortcut.Stride != expected))
            throw Unknown($"has a shortcut of {shortcut.Side}x{shortcut.Side} with stride {shortcut.Stride}");
    }

    private void AddBlock(string name, Block block)
    {
        for (var i = 0; i < block.Branch.Count; i++) Add($"{name}.conv{i + 1}", $"{name}.bn{i + 1}", block.Branch[i]);
        if (block.Shortcut is { } shortcut) Add($"{name}.downsample.0", $"{name}.downsample.1", shortcut);
    }

    private void Add(string convolution, string norm, OnnxLayer layer) => _layers[$"{convolution} {norm}"] = layer;

    private string Activated(OnnxLayer layer) => Activated(layer.Output);

    private string Activated(string value) => _content.UsersOf(value) is [{ Operation: "Relu" } relu]
        ? relu.Output
        : throw Unknown($"has {Words(_content.UsersOf(value))} where a ResNet has a ReLU");

    private bool IsUsedBy(string value, string operation) =>
        _content.UsersOf(value) is [var only] && only.Operation == operation;

    private WeightsException NoBlock(IReadOnlyList<OnnxNode> users) => Unknown(
        $"has something else than a residual block behind block {_blocks.Count}: {Words(users)}");

    private static string Words(IReadOnlyList<OnnxNode> nodes) =>
        nodes.Count == 0 ? "nothing" : string.Join(", ", nodes.Select(node => node.Operation));

    private WeightsException Unknown(string what) => WeightsException.For(_content.Path, what);

    private sealed record Block(IReadOnlyList<OnnxLayer> Branch, OnnxLayer? Shortcut);
}
