using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Encoders;

/// <summary>
/// A square convolution without bias, padded to keep the size at stride 1. The kernel <c>weight [O, I, k, k]</c> is a float32
/// master that is cast to the input's type on use; gradients arrive at it in float32. Its strides are channels-last, and that
/// makes libtorch compute in channels-last whatever the input's strides.
/// </summary>
/// <remarks>
/// A 1×1 convolution is computed as the matrix product that it is. In channels-last that needs no copy, and oneDNN's own kernel
/// (<c>brgconv_1x1</c>, libtorch 2.10) computes some shapes wrongly, ResNet-18's last shortcut among them, and ends the process
/// with a division by zero on others where the processor hides its cache sizes, as virtual machines do.
/// </remarks>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly int _kernel, _stride;
    [ComponentName(Name = "weight")] private readonly Parameter _weight;

    public Convolution(InitialWeights weights, int inputs, int outputs, int kernel, int stride = 1) : base(nameof(Convolution))
    {
        (_kernel, _stride) = (kernel, stride);
        using var scope = NewDisposeScope();
        _weight = new Parameter(weights.Kernel(outputs, inputs, kernel));
        _weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <param name="input"><c>[B, I, H, W]</c>, float32 or bfloat16.</param>
    /// <returns><c>[B, O, H/stride, W/stride]</c> of the same type, with channels-last strides.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var weight = _weight.to(input.dtype);
        var output = _kernel == 1
            ? Pointwise(input, weight)
            : nn.functional.conv2d(input, weight, strides: [_stride, _stride], padding: [_kernel / 2, _kernel / 2]);
        return output.MoveToOuterDisposeScope();
    }

    private Tensor Pointwise(Tensor input, Tensor weight)
    {
        if (_stride > 1) input = input.slice(2, 0, input.shape[2], _stride).slice(3, 0, input.shape[3], _stride);
        // In two dimensions: with four, libtorch's choice of a kernel depends on whether a graph is recorded.
        var pixels = input.permute(0, 2, 3, 1);                                                // [B, H/s, W/s, I]
        var products = pixels.reshape(-1, input.shape[1]).mm(weight.flatten(1).t());           // [B·H/s·W/s, O]
        return products.view(input.shape[0], input.shape[2], input.shape[3], -1).permute(0, 3, 1, 2); // [B, O, H/s, W/s]
    }
}
