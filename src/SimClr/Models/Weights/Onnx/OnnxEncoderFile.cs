using SimClr.Augmentation;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>A ResNet in an ONNX file of any exporter: batch norms apart or folded, preprocessing inside or outside.</summary>
internal sealed class OnnxEncoderFile : EncoderFile
{
    private static readonly string[] NormParts = ["weight", "bias", "running_mean", "running_var"];

    private readonly OnnxContent _content;
    private readonly OnnxResNet _network;
    private readonly IReadOnlyList<InputChannel> _channels;
    private readonly Dictionary<string, (OnnxLayer Layer, int Part)> _tensors = [];
    private (OnnxLayer Layer, OnnxLayerTensors Tensors)? _last; // five tensors of a layer are read together

    private OnnxEncoderFile(OnnxContent content, NetworkInput? told)
    {
        _content = content;
        var (stem, channels) = InputPath.Find(content);
        var input = content.Inputs[0];
        if (told is not null)
        {
            if (channels.Index().Any(channel => channel.Item != new InputChannel(channel.Index, 1, 0)))
                throw WeightsException.For(Path, "prepares its images itself; it must not be told what the network takes");
            channels = ChannelsOf(told);
        }
        (Pixels, _channels) = PixelScale.Choose(Path, channels, input.IsBytes || told is not null);
        _network = OnnxResNet.Read(content, stem);
        var sizes = input.Shape.Skip(1).Where(size => size != 3).Distinct().ToList();
        ImageSize = sizes is [> 0 and <= int.MaxValue and var size] ? (int)size : 0;
        foreach (var (names, layer) in _network.Layers)
        {
            var (convolution, norm) = (names.Split(' ')[0], names.Split(' ')[1]);
            _tensors[$"{convolution}.weight"] = (layer, 0);
            foreach (var (part, name) in NormParts.Index()) _tensors[$"{norm}.{name}"] = (layer, part + 1);
        }
    }

    public override string Path => _content.Path;

    public override string Prefix => "";

    public override IReadOnlyCollection<string> Names => _tensors.Keys;

    public override IReadOnlyList<string> Ignored => [.. _content.Nodes.Where(node => node.Operation is "Gemm" or "MatMul")
        .Select(node => node.Output)];

    public override IReadOnlyDictionary<string, string> Metadata => _content.Metadata;

    public override Normalization? Pixels { get; }

    public override int ImageSize { get; }

    /// <summary>Opens a file and finds its network.</summary>
    /// <exception cref="WeightsException">The file cannot be read, or it holds no ResNet that is known here.</exception>
    public static OnnxEncoderFile Open(string path, NetworkInput? input)
    {
        var content = OnnxContent.Read(path);
        try
        {
            return new OnnxEncoderFile(content, input);
        }
        catch (InvalidDataException e)
        {
            throw WeightsException.For(path, e.Message, e);
        }
    }

    public override ResNetOptions Recognize() => _network.Options;

    public override string NameInFile(string name) => _tensors[name].Layer.Kernel.Name;

    public override string? Difference(string name, Tensor target)
    {
        var shape = ShapeOf(_tensors[name]);
        return target.shape.SequenceEqual(shape)
            ? null
            : $"{name} is [{string.Join(", ", shape)}] in the file and [{string.Join(", ", target.shape)}] in the module";
    }

    public override Tensor Get(string name)
    {
        var (layer, part) = _tensors[name];
        try
        {
            if (_last?.Layer != layer) _last = (layer, layer.Tensors(layer == _network.Layers["conv1 bn1"] ? _channels : null));
            var all = _last.Value.Tensors;
            float[][] parts = [all.Kernel, all.Scale, all.Shift, all.Mean, all.Variance];
            var shape = ShapeOf((layer, part));
            if (parts[part].Length != shape.Aggregate(1L, (product, size) => product * size))
                throw new InvalidDataException($"{name} has {parts[part].Length} values for [{string.Join(", ", shape)}]");
            return tensor(parts[part]).view([.. shape]);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw WeightsException.For(Path, $"cannot be read: {e.Message}", e);
        }
    }

    private static IReadOnlyList<long> ShapeOf((OnnxLayer Layer, int Part) place) =>
        place.Part == 0 ? place.Layer.Kernel.Shape : [place.Layer.Outputs];

    private static IReadOnlyList<InputChannel> ChannelsOf(NetworkInput input)
    {
        var (mean, deviation) = (input.Mean.ToArray(), input.Deviation.ToArray());
        var order = input.IsBlueFirst ? (int[])[2, 1, 0] : [0, 1, 2];
        return [.. order.Select(source =>
            new InputChannel(source, 1.0 / deviation[source], -mean[source] / (double)deviation[source]))];
    }
}
