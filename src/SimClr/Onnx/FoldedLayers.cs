using SimClr.Models;
using SimClr.Native;
using static SimClr.Onnx.OnnxAttribute;
using static TorchSharp.torch;

namespace SimClr.Onnx;

/// <summary>
/// A network's layers as nodes of a graph. A batch norm with running mean μ and variance v is no node of its own: a convolution
/// W and the norm after it are one convolution with weight W·s and bias β − μ·s, where s = γ / √(v + ε), computed in float64.
/// </summary>
/// <param name="graph">The graph to extend.</param>
/// <param name="state">The network's parameters and buffers by name; read when the file is written.</param>
/// <param name="type">The type to store weights and compute in.</param>
internal sealed class FoldedLayers(OnnxGraph graph, IReadOnlyDictionary<string, Tensor> state, OnnxType type)
{
    /// <summary>A padded square convolution, with the batch norm after it.</summary>
    /// <param name="input">The input.</param>
    /// <param name="convolution">The convolution's name in the state.</param>
    /// <param name="norm">The batch norm's name in the state.</param>
    /// <param name="stride">The stride.</param>
    /// <returns>The result's name.</returns>
    public string Convolution(string input, string convolution, string norm, int stride = 1)
    {
        var kernel = state[convolution + ".weight"]; // [O, I, k, k]
        var weight = graph.Constant(
            convolution + ".weight", type, kernel.shape, () => kernel.to(float64) * Scale(norm).view(-1, 1, 1, 1));
        var bias = graph.Constant(convolution + ".bias", type, [kernel.shape[0]],
            () => Of(norm, "bias") - Of(norm, "running_mean") * Scale(norm));
        return Convolution(convolution, [input, weight, bias], kernel.shape[2], stride);
    }

    /// <summary>A 1×1 convolution with 2F outputs of which only the difference of first and second half matters.</summary>
    /// <returns>The name of the F differences.</returns>
    public string DifferenceOfHalves(string input, string convolution)
    {
        var kernel = state[convolution + ".weight"]; // [2F, I, 1, 1]
        var half = kernel.shape[0] / 2;
        var weight = graph.Constant(convolution + ".weight", type, [half, kernel.shape[1], 1, 1],
            () => kernel.narrow(0, 0, half).to(float64) - kernel.narrow(0, half, half).to(float64));
        return Convolution(convolution, [input, weight], kernel: 1, stride: 1);
    }

    /// <summary>max(x, 0), named after what it follows.</summary>
    public string Relu(string input) => graph.Node("Relu", input + ".relu", [input]);

    private string Convolution(string name, ReadOnlySpan<string> inputs, long kernel, int stride)
    {
        var padding = kernel / 2;
        return graph.Node("Conv", name, inputs, List("kernel_shape", kernel, kernel), List("strides", stride, stride),
            List("pads", padding, padding, padding, padding));
    }

    private Tensor Scale(string norm) =>
        Of(norm, "weight") / Of(norm, "running_var").add(Scalars.Of(BatchNormalization.Epsilon), Scalars.One).sqrt(); // [O]

    private Tensor Of(string norm, string tensor) => state[$"{norm}.{tensor}"].to(float64);
}
