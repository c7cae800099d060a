using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimClr.Losses;

/// <summary>eˣ of 16 floats at once, to two units in the last place. Needs AVX-512.</summary>
internal static class TileExponential
{
    private const float Smallest = -200; // exp of it is 0 in float32

    /// <summary>eˣ for x up to 88; 0 where it is below the smallest float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        x = Avx512F.Max(x, Vector512.Create(Smallest));
        // x = n·ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts, the first of which n times is exact.
        var n = Avx512F.RoundScale(x * Vector512.Create(1.44269504f), 0);
        var r = Avx512F.FusedMultiplyAddNegated(n, Vector512.Create(0.693359375f), x);
        r = Avx512F.FusedMultiplyAddNegated(n, Vector512.Create(-2.12194440e-4f), r);
        // The polynomial of Cephes' expf (Moshier).
        var p = Vector512.Create(1.9875691500e-4f);
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Avx512F.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
        return Avx512F.Scale(p, n);
    }
}
