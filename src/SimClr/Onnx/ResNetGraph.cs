using SimClr.Models;
using static SimClr.Onnx.OnnxAttribute;

namespace SimClr.Onnx;

/// <summary>
/// The nodes of a <see cref="ResNet"/> in evaluation, from normalized images to h. Their names are those of its state.
/// </summary>
/// <param name="graph">The graph to extend.</param>
/// <param name="encoder">The network.</param>
/// <param name="type">The type to store weights and compute in; averages over all positions are float32.</param>
internal sealed class ResNetGraph(OnnxGraph graph, ResNet encoder, OnnxType type)
{
    private readonly ResNetOptions _options = encoder.Options;
    private readonly FoldedLayers _layers = new(graph, encoder.state_dict(), type);

    /// <summary>Adds the network.</summary>
    /// <param name="images">The name of <c>[N, 3, S, S]</c> float32, normalized.</param>
    /// <param name="side">S.</param>
    /// <param name="output">A name for the result.</param>
    /// <returns>That name, of h <c>[N, d]</c> float32.</returns>
    public string Add(string images, int side, string output)
    {
        var map = Stem(type == OnnxType.Float32 ? images : Cast(images, type));
        if (_options.Stem == StemKind.ImageNet)
        {
            map = graph.Node("MaxPool", "maxpool", [map],
                List("kernel_shape", 3, 3), List("strides", 2, 2), List("pads", 1, 1, 1, 1)); // as torchvision: on all sides
            side = Halved(Halved(side));
        }
        for (var stage = 0; stage < 4; stage++)
            for (var block = 0; block < _options.Blocks[stage]; block++)
            {
                var stride = stage > 0 && block == 0 ? 2 : 1;
                map = Block(map, $"layer{stage + 1}.{block}", stride, isFirst: block == 0, side);
                if (stride == 2) side = Halved(side);
            }
        return graph.Node("Flatten", output, [Mean(map, "avgpool")], Number("axis", 1)); // [N, d]
    }

    private string Stem(string images)
    {
        if (_options.Stem == StemKind.Cifar) return Activated(images, "conv1", "bn1");
        if (!_options.SelectiveKernels) return Activated(images, "conv1", "bn1", stride: 2);
        var map = Activated(images, "conv1.0", "conv1.1", stride: 2);
        map = Activated(map, "conv1.3", "conv1.4");
        return Activated(map, "conv1.6", "bn1");
    }

    private string Block(string input, string name, int stride, bool isFirst, int side)
    {
        string branch;
        if (_options.Bottlenecks)
        {
            branch = Activated(input, $"{name}.conv1", $"{name}.bn1");
            branch = Activated(branch, $"{name}.conv2", $"{name}.bn2", stride);
            if (_options.SelectiveKernels) branch = Select(branch, $"{name}.select");
            branch = _layers.Convolution(branch, $"{name}.conv3", $"{name}.bn3");
        }
        else
        {
            branch = Activated(input, $"{name}.conv1", $"{name}.bn1", stride);
            branch = _layers.Convolution(branch, $"{name}.conv2", $"{name}.bn2");
        }
        // Only a stage's first block changes shape, and that of basic blocks' first stage does not.
        var isShapeKept = !isFirst || (!_options.Bottlenecks && stride == 1);
        var shortcut = isShapeKept ? input : Shortcut(input, $"{name}.downsample", stride, side);
        return _layers.Relu(graph.Node("Add", name, [branch, shortcut]));
    }

    private string Shortcut(string input, string name, int stride, int side)
    {
        if (!_options.SelectiveKernels) return _layers.Convolution(input, $"{name}.0", $"{name}.1", stride);
        // Windows that reach over the lower and right edge: of stride 1 they count what lies inside, of stride 2 (where the side
        // is odd) everything.
        var over = stride == 1 ? 1 : side % 2;
        var pooled = graph.Node("AveragePool", $"{name}.pool", [input], List("kernel_shape", 2, 2),
            List("strides", stride, stride), List("pads", 0, 0, over, over), Number("count_include_pad", stride == 1 ? 0 : 1));
        return _layers.Convolution(pooled, $"{name}.0", $"{name}.1");
    }

    /// <summary>Mixes the two streams of a selective-kernel convolution: second + share · (first − second).</summary>
    private string Select(string streams, string name)
    {
        var (first, second) = graph.Halves("Split", $"{name}.split", streams, Number("axis", 1)); // [N, F, H, W] each
        var mean = Mean(graph.Node("Add", $"{name}.sum", [first, second]), $"{name}.mean");       // [N, F, 1, 1]
        if (type != OnnxType.Float32) mean = Cast(mean, type);
        var reduced = Activated(mean, $"{name}.conv1", $"{name}.bn1");
        // The softmax of two logits is the sigmoid of their difference.
        var logits = _layers.DifferenceOfHalves(reduced, $"{name}.conv2");
        var share = graph.Node("Sigmoid", $"{name}.share", [logits]);                             // [N, F, 1, 1]
        var difference = graph.Node("Sub", $"{name}.difference", [first, second]);
        return graph.Node("Add", name, [second, graph.Node("Mul", $"{name}.shared", [share, difference])]);
    }

    private string Activated(string input, string convolution, string norm, int stride = 1) =>
        _layers.Relu(_layers.Convolution(input, convolution, norm, stride));

    /// <summary>The average over all positions, <c>[N, C, 1, 1]</c> float32.</summary>
    private string Mean(string map, string name) =>
        graph.Node("GlobalAveragePool", name, [type == OnnxType.Float32 ? map : Cast(map, OnnxType.Float32)]);

    private string Cast(string input, OnnxType to) => graph.Node("Cast", $"{input}.{to}", [input], Number("to", (long)to));

    private static int Halved(int side) => (side + 1) / 2;
}
