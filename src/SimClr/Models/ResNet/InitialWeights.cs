using System.Runtime.InteropServices;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// Draws initial weights, one tensor after the other. A value depends only on (seed, part, tensor number, position): each comes
/// from one 32-bit word through the normal distribution's quantile function, so that a tensor is filled on all cores.
/// </summary>
/// <param name="seed">The run's seed.</param>
/// <param name="part">Tells the parts of a model apart, which would otherwise start with the same numbers.</param>
/// <param name="kernels">The distribution of convolution kernels.</param>
internal sealed class InitialWeights(ulong seed, int part, KernelInitialization kernels = KernelInitialization.Official)
{
    /// <summary>The part number of encoders.</summary>
    public const int EncoderPart = 0;

    /// <summary>The part number of projection heads.</summary>
    public const int HeadPart = 1;

    private const int BlockSize = 1 << 16;
    private const double BelowMinusTwo = 0.022750131948179207;    // Φ(-2)
    private const double TruncatedDeviation = 0.87962566103423978; // of a standard normal cut at ±2

    private int _tensors;

    /// <summary>Whether tensors have shapes but no values (the meta device), to look at a network without its memory.</summary>
    public bool ShapesOnly { get; init; }

    /// <summary>A convolution kernel <c>[outputs, inputs, kernel, kernel]</c> with channels-last strides.</summary>
    public Tensor Kernel(int outputs, int inputs, int kernel)
    {
        var (scale, tail) = kernels == KernelInitialization.Official
            ? (Math.Sqrt(1.0 / (inputs * kernel * kernel)) / TruncatedDeviation, BelowMinusTwo)
            : (Math.Sqrt(2.0 / (outputs * kernel * kernel)), 0);
        return Draw(scale, tail, outputs, kernel, kernel, inputs).permute(0, 3, 1, 2); // [O, I, k, k]
    }

    /// <summary>A matrix <c>[outputs, inputs]</c> of normal values.</summary>
    public Tensor Matrix(int outputs, int inputs, double deviation) => Draw(deviation, 0, outputs, inputs); // [O, I]

    /// <summary>Normal values times a scale, without the outermost part (a probability) of either tail.</summary>
    private Tensor Draw(double scale, double tail, params long[] shape)
    {
        if (ShapesOnly) return empty(shape, device: META);
        var result = empty(shape);
        var count = checked((int)result.numel());
        var item = _tensors++;
        Parallel.For(0, (count + BlockSize - 1) / BlockSize, block =>
        {
            var random = new CounterRandom(seed, block, item, part, DrawPurpose.Weights);
            var values = MemoryMarshal.Cast<byte, float>(result.bytes); // in place: a large network would be copied for seconds
            foreach (ref var value in values[(block * BlockSize)..Math.Min((block + 1) * BlockSize, count)])
            {
                var uniform = (random.NextUInt32() + 0.5) * (1.0 / 4294967296.0);
                value = (float)(scale * NormalQuantile(tail + (1 - 2 * tail) * uniform));
            }
        });
        return result;
    }

    /// <summary>
    /// The standard normal's inverse distribution function for p in [1e-11, 1-1e-11], to about seven digits
    /// (Wichura 1988, "The percentage points of the normal distribution", AS 241, PPND7).
    /// </summary>
    internal static double NormalQuantile(double p)
    {
        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var r = 0.180625 - q * q;
            return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
                / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
        }
        var t = Math.Sqrt(-Math.Log(q < 0 ? p : 1 - p)) - 1.6;
        var tail = (((0.17023821103 * t + 1.3067284816) * t + 2.7568153900) * t + 1.4234372777)
            / ((0.12021132975 * t + 0.73700164250) * t + 1);
        return q < 0 ? -tail : tail;
    }
}
