using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// Turns similarities s(i, k) into the derivative of the loss by them: with L of row i and g = dLoss/dL,
/// w(i, k) = gᵢ·exp(s − Lᵢ) + gₖ·exp(s − Lₖ), since s stands in the sums of both its rows.
/// </summary>
internal sealed unsafe class RowWeights
{
    // With a common shift c: factors fᵢ = gᵢ·exp(c − Lᵢ), so that w = exp(s − c)·(fᵢ + fₖ). Else g and L as they are.
    private readonly float[] _factors, _logSumExp;
    private readonly float? _commonShift;

    /// <param name="logSumExp">L, float32 <c>[2N]</c>.</param>
    /// <param name="gradient">g, <c>[2N]</c>.</param>
    /// <param name="paddedCount">2N up to a whole tile; what is behind 2N weighs nothing.</param>
    /// <param name="commonShift">c, or null.</param>
    public RowWeights(Tensor logSumExp, Tensor gradient, int paddedCount, float? commonShift)
    {
        using var scope = NewDisposeScope();
        _commonShift = commonShift;
        (_factors, _logSumExp) = (new float[paddedCount], new float[paddedCount]);
        gradient.to(ScalarType.Float32).contiguous().data<float>().CopyTo(_factors);
        logSumExp.contiguous().data<float>().CopyTo(_logSumExp);
        for (var i = 0; i < _factors.Length; i++)
        {
            if (float.IsNegativeInfinity(_logSumExp[i])) (_factors[i], _logSumExp[i]) = (0, 0); // a row without candidates
            else if (commonShift is { } shift) _factors[i] *= MathF.Exp(shift - _logSumExp[i]);
        }
    }

    /// <summary>Replaces a tile of similarities, not yet divided by the temperature, by their weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* s, int stride, int tile, int top, int left, float inverseTemperature)
    {
        var scale = Vector512.Create(inverseTemperature);
        fixed (float* factors = _factors, logSumExp = _logSumExp)
        {
            for (var row = 0; row < tile; row++)
            {
                var line = s + row * stride;
                var factor = Vector512.Create(factors[top + row]);
                if (_commonShift is { } shift)
                {
                    var shifts = Vector512.Create(shift);
                    for (var column = 0; column < tile; column += 16)
                    {
                        var e = TileExponential.Exp(Vector512.Load(line + column) * scale - shifts);
                        (e * (factor + Vector512.Load(factors + left + column))).Store(line + column);
                    }
                    continue;
                }
                var own = Vector512.Create(logSumExp[top + row]);
                for (var column = 0; column < tile; column += 16)
                {
                    var v = Vector512.Load(line + column) * scale;
                    var w = factor * TileExponential.Exp(v - own)
                        + Vector512.Load(factors + left + column)
                            * TileExponential.Exp(v - Vector512.Load(logSumExp + left + column));
                    w.Store(line + column);
                }
            }
        }
    }
}
