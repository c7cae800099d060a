using SimClr.Classification;
using SimClr.Models;
using SimClr.Native;
using static SimClr.Onnx.OnnxAttribute;
using static TorchSharp.torch;

namespace SimClr.Onnx;

/// <summary>
/// The nodes from h to probabilities, in float32. Standardization and temperature are part of the classifier's matrix; the layers
/// of a projection head, where there are any, take up their batch norms.
/// </summary>
/// <param name="graph">The graph to extend.</param>
/// <param name="classifier">The classifier; its tensors are read when the file is written.</param>
internal sealed class ClassifierGraph(OnnxGraph graph, ClassifierContent classifier)
{
    private readonly IReadOnlyDictionary<string, Tensor> _state = classifier.Network.state_dict();

    /// <summary>Adds the classifier.</summary>
    /// <param name="features">The name of h <c>[N, d]</c>.</param>
    /// <param name="output">A name for the result.</param>
    /// <returns>That name, of probabilities <c>[N, C]</c>.</returns>
    public string Add(string features, string output)
    {
        for (var layer = 1; layer <= classifier.Layer; layer++) features = HeadLayer(features, layer);
        var (linear, temperature) = (classifier.Linear, classifier.Temperature);
        long classes = linear.ClassNames.Count;
        var scores = Affine("classifier", features, [classes, linear.Dimension],
            () => tensor(linear.Weights).view(classes, -1).div(Scalars.Of(temperature)),
            () => tensor(linear.Intercepts).div(Scalars.Of(temperature)));
        return graph.Node("Softmax", output, [scores], Number("axis", 1));
    }

    /// <summary>A linear layer and the batch norm after it, and ReLU behind all layers but the head's last.</summary>
    private string HeadLayer(string input, int layer)
    {
        var (name, norm) = ($"head.linear{layer}", $"head.bn{layer}");
        var weight = _state[$"{name}.weight"]; // [O, I]
        Tensor Of(string part) => _state[$"{norm}.{part}"].to(float64);
        Tensor Scale() => Of("weight") / Of("running_var").add(Scalars.Of(BatchNormalization.Epsilon), Scalars.One).sqrt(); // [O]
        var result = Affine(name, input, weight.shape, () => weight.to(float64) * Scale().unsqueeze(1), () =>
        {
            var shift = -Of("running_mean") * Scale();
            // The last batch norm has no bias.
            return _state.ContainsKey($"{norm}.bias") ? shift.add(Of("bias"), Scalars.One) : shift;
        });
        return _state.ContainsKey($"head.linear{layer + 1}.weight") ? graph.Node("Relu", $"{name}.relu", [result]) : result;
    }

    /// <summary>x·Wᵀ + b.</summary>
    private string Affine(string name, string input, ReadOnlySpan<long> shape, Func<Tensor> weight, Func<Tensor> bias)
    {
        var w = graph.Constant($"{name}.weight", OnnxType.Float32, shape, weight);
        var b = graph.Constant($"{name}.bias", OnnxType.Float32, shape[..1], bias);
        return graph.Node("Gemm", name, [input, w, b], Number("transB", 1));
    }
}
