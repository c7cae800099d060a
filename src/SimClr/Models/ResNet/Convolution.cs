using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// A square convolution without bias, padded to keep the size at stride 1. The kernel <c>weight [O, I, k, k]</c> is a float32
/// master that is cast to the input's type on use; gradients arrive at it in float32. Its strides are channels-last, and that
/// makes libtorch compute in channels-last whatever the input's strides.
/// </summary>
/// <remarks>
/// A 1×1 convolution is computed as the matrix product that it is. In channels-last that needs no copy, and oneDNN's own kernel
/// (<c>brgconv_1x1</c>, libtorch 2.10) computes some shapes wrongly, ResNet-18's last shortcut among them, and ends the process
/// with a division by zero on others where the processor hides its cache sizes, as virtual machines do.
/// <para>
/// MKL, which multiplies float32 matrices, keeps to 256-bit vectors on AMD's processors, while oneDNN's convolutions use 512.
/// From Zen 5 on, which computes 512 bits at once, the product is taken as a convolution of another shape: 1.5 times as fast.
/// </para>
/// </remarks>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    private static readonly bool ConvolutionsBeatProducts = Vector512.IsHardwareAccelerated && IsZen5OrLater();

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
            ? Pointwise(input, weight, _stride)
            : nn.functional.conv2d(input, weight, strides: [_stride, _stride], padding: [_kernel / 2, _kernel / 2]);
        return output.MoveToOuterDisposeScope();
    }

    private static Tensor Pointwise(Tensor input, Tensor weight, int stride)
    {
        var isMap = input.shape[2] * input.shape[3] > 1;
        return ConvolutionsBeatProducts && isMap && input.dtype == ScalarType.Float32 && input.device.type == DeviceType.CPU
            && input.shape[1] % 2 == 0
            ? InPairs(input, weight, stride)
            : AsProduct(input, weight, stride);
    }

    /// <summary>A 1×1 convolution as the matrix product that it is.</summary>
    internal static Tensor AsProduct(Tensor input, Tensor weight, int stride)
    {
        if (stride > 1) input = input.slice(2, 0, input.shape[2], stride).slice(3, 0, input.shape[3], stride);
        // In two dimensions: with four, libtorch's choice of a kernel depends on whether a graph is recorded.
        var pixels = input.permute(0, 2, 3, 1);                                                // [B, H/s, W/s, I]
        var products = pixels.reshape(-1, input.shape[1]).mm(weight.flatten(1).t());           // [B·H/s·W/s, O]
        return products.view(input.shape[0], input.shape[2], input.shape[3], -1).permute(0, 3, 1, 2); // [B, O, H/s, W/s]
    }

    /// <summary>
    /// The same as a 1×2 convolution: in channels-last a pixel of I channels lies in memory as two neighbors of I/2 channels do.
    /// </summary>
    internal static Tensor InPairs(Tensor input, Tensor weight, int stride)
    {
        var (batch, half, height, width) = (input.shape[0], input.shape[1] / 2, input.shape[2], input.shape[3]);
        var pixels = input.permute(0, 2, 3, 1).contiguous().view(batch, height, 2 * width, half);
        var halves = pixels.permute(0, 3, 1, 2);                                    // [B, I/2, H, 2W]
        var kernel = weight.flatten(1).view(-1, 1, 2, half).permute(0, 3, 1, 2);    // [O, I/2, 1, 2]
        return nn.functional.conv2d(halves, kernel, strides: [stride, 2 * stride]); // [B, O, H/stride, W/stride]
    }

    private static bool IsZen5OrLater()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Ebx != 0x68747541) return false; // "Auth", of AuthenticAMD
        var signature = X86Base.CpuId(1, 0).Eax;
        var family = ((signature >> 8) & 0xF) + ((signature >> 20) & 0xFF); // base and extended
        return family >= 0x1A;
    }
}
