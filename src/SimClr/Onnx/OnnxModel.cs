using SimClr.Augmentation;
using SimClr.Classification;
using SimClr.Models;
using static SimClr.Onnx.OnnxAttribute;
using static TorchSharp.torch;

namespace SimClr.Onnx;

/// <summary>An encoder as an ONNX model: what an application gives to it, the network, h, and a description.</summary>
internal static class OnnxModel
{
    /// <summary>The name of the input of pixels.</summary>
    public const string Pixels = "pixels";

    /// <summary>The name of the input of normalized images.</summary>
    public const string Images = "pictures";

    /// <summary>The name of the first output.</summary>
    public const string Features = "h";

    /// <summary>The name of the second output, of models with a classifier.</summary>
    public const string Probabilities = "probabilities";

    // The operators are those of 2022 and the format is the one of that time, which older runtimes read too.
    private const int FormatVersion = 8, OperatorVersion = 17;

    /// <summary>The model.</summary>
    /// <param name="encoder">The network, which stays the caller's; its weights are read when the model is written.</param>
    /// <param name="normalization">How the network is used to see pixels.</param>
    /// <param name="side">Side S of the images.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="metadata">The metadata of the file.</param>
    /// <param name="classifier">A second output that is computed from h; or null.</param>
    public static ProtobufMessage Create(ResNet encoder, Normalization normalization, int side, OnnxExportOptions options,
        IReadOnlyDictionary<string, string> metadata, ClassifierContent? classifier = null)
    {
        var graph = new OnnxGraph("encoder");
        var images = options.Input == OnnxExportOptions.PixelInput
            ? Normalize(graph, normalization, graph.Input(Pixels, OnnxType.UInt8, "red, green, blue: 0 to 255", side, side, 3))
            : graph.Input(Images, OnnxType.Float32, "red, green, blue from 0 to 1, normalized", 3, side, side);
        var type = options.Precision == OnnxExportOptions.HalfPrecision ? OnnxType.Float16 : OnnxType.Float32;
        var features = new ResNetGraph(graph, encoder, type).Add(images, side, Features);
        graph.Output(features, OnnxType.Float32, "the representation", encoder.FeatureDimension);
        if (classifier is not null)
            graph.Output(new ClassifierGraph(graph, classifier).Add(features, Probabilities), OnnxType.Float32,
                "of the classes that the metadata name", classifier.Linear.ClassNames.Count);
        var model = new ProtobufMessage()
            .Add(1, FormatVersion)
            .Add(2, "SimCLR.NET")
            .Add(3, metadata.GetValueOrDefault("version", ""))
            .Add(6, "An image's representation h, learned without labels (SimCLR, arXiv:2002.05709).")
            .Add(7, graph.ToMessage())
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorVersion));
        foreach (var (key, value) in metadata) model.Add(14, new ProtobufMessage().Add(1, key).Add(2, value));
        return model;
    }

    /// <summary>Bytes <c>[N, S, S, 3]</c> become <c>[N, 3, S, S]</c> float32: x/255 · 1/σ − μ/σ for every channel.</summary>
    private static string Normalize(OnnxGraph graph, Normalization normalization, string pixels)
    {
        double[] mean = [.. normalization.Mean.ToArray()], std = [.. normalization.Std.ToArray()];
        long[] shape = [3, 1, 1];
        var scale = graph.Constant("scale", OnnxType.Float32, shape, () => tensor(std.Select(s => 1 / (255 * s)).ToArray()));
        var shift = graph.Constant("shift", OnnxType.Float32, shape, () => tensor(mean.Zip(std, (m, s) => -m / s).ToArray()));
        var planes = graph.Node("Transpose", "planes", [pixels], List("perm", 0, 3, 1, 2));
        var floats = graph.Node("Cast", "floats", [planes], Number("to", (long)OnnxType.Float32));
        return graph.Node("Add", Images, [graph.Node("Mul", "scaled", [floats, scale]), shift]);
    }
}
