using SimClr.Models;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Models;

/// <summary>Both ways to compute a 1×1 convolution give the matrix product in float64, and its gradients.</summary>
public sealed class ConvolutionTests
{
    public ConvolutionTests() => TorchRuntime.EnsureLoaded();

    // Among them: shapes that oneDNN's own 1x1 kernels get wrong or die of (to 512 and 1024 channels), odd sides, narrow
    // networks, single pixels.
    [Theory]
    [InlineData(3, 16, 64, 9, 1)]
    [InlineData(3, 64, 16, 7, 2)]
    [InlineData(1, 18, 34, 5, 2)]
    [InlineData(5, 128, 32, 1, 1)]
    [InlineData(2, 256, 512, 8, 2)]
    [InlineData(4, 256, 512, 8, 2)]
    [InlineData(2, 512, 1024, 14, 2)]
    [InlineData(2, 256, 1024, 14, 1)]
    [InlineData(1, 2048, 512, 7, 1)]
    [InlineData(2, 1024, 2048, 7, 2)]
    [InlineData(2, 64, 256, 56, 1)]
    public void A_pointwise_convolution_is_a_matrix_product(int batch, int inputs, int outputs, int side, int stride)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(7);
        var x = ChannelsLast(randn([batch, inputs, side, side], generator: generator));
        var w = ChannelsLast(randn([outputs, inputs, 1, 1], generator: generator) / Math.Sqrt(inputs));
        var used = x.to(float64)[.., .., TensorIndex.Slice(step: stride), TensorIndex.Slice(step: stride)];
        var g = ChannelsLast(randn([batch, outputs, used.shape[2], used.shape[3]], generator: generator));

        var expected = einsum("bihw,oi->bohw", used, w.to(float64).flatten(1)); // [B, O, H, W]
        var gradient = zeros_like(x, dtype: float64);                           // [B, I, side, side]
        gradient[.., .., TensorIndex.Slice(step: stride), TensorIndex.Slice(step: stride)] =
            einsum("bohw,oi->bihw", g.to(float64), w.to(float64).flatten(1));
        var weightGradient = einsum("bohw,bihw->oi", g.to(float64), used).view(outputs, inputs, 1, 1);

        foreach (var compute in new[] { Convolution.AsProduct, Convolution.InPairs })
        {
            var (input, weight) = (x.detach().clone().requires_grad_(), w.detach().clone().requires_grad_());
            var output = compute(input, weight, stride);
            output.backward([g]);
            AssertClose(expected, output);
            AssertClose(gradient, input.grad!);
            AssertClose(weightGradient, weight.grad!);
            Assert.Equal(1, output.stride()[1]); // channels-last
        }
    }

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>
    /// 1e-5 of the largest value: float32 sums of up to 6,272 products; measured up to 2e-6. A kernel that errs is off by 0.1.
    /// </summary>
    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = ((actual.to(float64) - expected).abs().max() / expected.abs().max()).item<double>();
        Assert.True(error < 1e-5, $"off by {error:0.0e0}");
    }
}
