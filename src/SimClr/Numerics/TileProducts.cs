using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimClr.Numerics;

/// <summary>
/// Products of small matrices in registers: 8 × 32 elements of C = A·B, or C + A·B, at once, in 16 registers of 16 floats. B lies
/// in panels of 32 columns, <c>[K, 32]</c>, so that it is read in order. Needs AVX-512.
/// </summary>
internal static unsafe class TileProducts
{
    /// <summary>Rows of C in one call.</summary>
    public const int Rows = 8;

    /// <summary>Columns of C in one call, and of a panel.</summary>
    public const int Columns = 32;

    /// <summary>A stands upright: A(i, k) = a[i·stride + k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Upright(float* a, nint stride, float* b, nint k, float* c, nint rowOfC, bool add)
    {
        float* a0 = a, a1 = a + stride, a2 = a + 2 * stride, a3 = a + 3 * stride;
        float* a4 = a + 4 * stride, a5 = a + 5 * stride, a6 = a + 6 * stride, a7 = a + 7 * stride;
        Vector512<float> c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51, c60, c61, c70, c71;
        c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = c60 = c61 = c70 = c71 = default;
        for (nint i = 0; i < k; i++)
        {
            var (b0, b1) = (Vector512.Load(b), Vector512.Load(b + 16));
            b += Columns;
            var s = Vector512.Create(a0[i]);
            c00 = Avx512F.FusedMultiplyAdd(s, b0, c00);
            c01 = Avx512F.FusedMultiplyAdd(s, b1, c01);
            s = Vector512.Create(a1[i]);
            c10 = Avx512F.FusedMultiplyAdd(s, b0, c10);
            c11 = Avx512F.FusedMultiplyAdd(s, b1, c11);
            s = Vector512.Create(a2[i]);
            c20 = Avx512F.FusedMultiplyAdd(s, b0, c20);
            c21 = Avx512F.FusedMultiplyAdd(s, b1, c21);
            s = Vector512.Create(a3[i]);
            c30 = Avx512F.FusedMultiplyAdd(s, b0, c30);
            c31 = Avx512F.FusedMultiplyAdd(s, b1, c31);
            s = Vector512.Create(a4[i]);
            c40 = Avx512F.FusedMultiplyAdd(s, b0, c40);
            c41 = Avx512F.FusedMultiplyAdd(s, b1, c41);
            s = Vector512.Create(a5[i]);
            c50 = Avx512F.FusedMultiplyAdd(s, b0, c50);
            c51 = Avx512F.FusedMultiplyAdd(s, b1, c51);
            s = Vector512.Create(a6[i]);
            c60 = Avx512F.FusedMultiplyAdd(s, b0, c60);
            c61 = Avx512F.FusedMultiplyAdd(s, b1, c61);
            s = Vector512.Create(a7[i]);
            c70 = Avx512F.FusedMultiplyAdd(s, b0, c70);
            c71 = Avx512F.FusedMultiplyAdd(s, b1, c71);
        }
        Put(c, c00, c01, add);
        Put(c += rowOfC, c10, c11, add);
        Put(c += rowOfC, c20, c21, add);
        Put(c += rowOfC, c30, c31, add);
        Put(c += rowOfC, c40, c41, add);
        Put(c += rowOfC, c50, c51, add);
        Put(c += rowOfC, c60, c61, add);
        Put(c += rowOfC, c70, c71, add);
    }

    /// <summary>A lies on its side: A(i, k) = a[k·stride + i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sideways(float* a, nint stride, float* b, nint k, float* c, nint rowOfC, bool add)
    {
        Vector512<float> c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51, c60, c61, c70, c71;
        c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = c60 = c61 = c70 = c71 = default;
        for (nint i = 0; i < k; i++)
        {
            var (b0, b1) = (Vector512.Load(b), Vector512.Load(b + 16));
            b += Columns;
            var s = Vector512.Create(a[0]);
            c00 = Avx512F.FusedMultiplyAdd(s, b0, c00);
            c01 = Avx512F.FusedMultiplyAdd(s, b1, c01);
            s = Vector512.Create(a[1]);
            c10 = Avx512F.FusedMultiplyAdd(s, b0, c10);
            c11 = Avx512F.FusedMultiplyAdd(s, b1, c11);
            s = Vector512.Create(a[2]);
            c20 = Avx512F.FusedMultiplyAdd(s, b0, c20);
            c21 = Avx512F.FusedMultiplyAdd(s, b1, c21);
            s = Vector512.Create(a[3]);
            c30 = Avx512F.FusedMultiplyAdd(s, b0, c30);
            c31 = Avx512F.FusedMultiplyAdd(s, b1, c31);
            s = Vector512.Create(a[4]);
            c40 = Avx512F.FusedMultiplyAdd(s, b0, c40);
            c41 = Avx512F.FusedMultiplyAdd(s, b1, c41);
            s = Vector512.Create(a[5]);
            c50 = Avx512F.FusedMultiplyAdd(s, b0, c50);
            c51 = Avx512F.FusedMultiplyAdd(s, b1, c51);
            s = Vector512.Create(a[6]);
            c60 = Avx512F.FusedMultiplyAdd(s, b0, c60);
            c61 = Avx512F.FusedMultiplyAdd(s, b1, c61);
            s = Vector512.Create(a[7]);
            c70 = Avx512F.FusedMultiplyAdd(s, b0, c70);
            c71 = Avx512F.FusedMultiplyAdd(s, b1, c71);
            a += stride;
        }
        Put(c, c00, c01, add);
        Put(c += rowOfC, c10, c11, add);
        Put(c += rowOfC, c20, c21, add);
        Put(c += rowOfC, c30, c31, add);
        Put(c += rowOfC, c40, c41, add);
        Put(c += rowOfC, c50, c51, add);
        Put(c += rowOfC, c60, c61, add);
        Put(c += rowOfC, c70, c71, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, Vector512<float> left, Vector512<float> right, bool add)
    {
        if (add) (left, right) = (left + Vector512.Load(c), right + Vector512.Load(c + 16));
        left.Store(c);
        right.Store(c + 16);
    }
}
