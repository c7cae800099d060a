using System.Runtime.InteropServices;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>Feature arrays as tensors; the arrays are never changed.</summary>
internal static class FeatureTensors
{
    private const int PieceElements = 1 << 22;

    /// <summary>
    /// A vector <c>[n]</c> for arithmetic. A tensor made from an array keeps the array's chance alignment, on which the last bits
    /// of a matrix product depend; libtorch aligns its own memory always alike.
    /// </summary>
    public static Tensor Vector(double[] values)
    {
        using var chanceAligned = tensor(values);
        return chanceAligned.clone();
    }

    /// <summary>A copy of consecutive rows, <c>[count, d]</c>.</summary>
    public static Tensor Slice(FeatureSet set, int start, int count)
    {
        var result = empty(count, set.Dimension);
        set.Values.AsSpan(checked(start * set.Dimension), count * set.Dimension).CopyTo(FloatsOf(result));
        return result;
    }

    /// <summary>A copy of chosen rows in the given order, <c>[rows, d]</c>.</summary>
    public static Tensor Gather(FeatureSet set, int[] rows)
    {
        using var scope = NewDisposeScope();
        var result = empty(rows.Length, set.Dimension);
        ForPieces(rows.Length, set.Dimension, (start, count) =>
        {
            var floats = FloatsOf(result.narrow(0, start, count));
            for (var i = 0; i < count; i++) set.Row(rows[start + i]).CopyTo(floats[(i * set.Dimension)..]);
        });
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Scales each row to Euclidean length 1, in place; a row of zeros stays one.</summary>
    public static void NormalizeRows(Tensor rows)
    {
        using var scope = NewDisposeScope();
        rows.div_(rows.norm(1, keepdim: true, p: 2).clamp_min_(Scalars.Of(1e-12))); // [n, d] / [n, 1]
    }

    /// <summary>Walks over rows in pieces small enough to stay in the processor's cache, each in a dispose scope.</summary>
    public static void ForPieces(int rows, int width, Action<int, int> visit)
    {
        var step = Math.Max(1, PieceElements / width);
        for (var start = 0; start < rows; start += step)
        {
            using var scope = NewDisposeScope();
            visit(start, Math.Min(step, rows - start));
        }
    }

    private static Span<float> FloatsOf(Tensor contiguous) => MemoryMarshal.Cast<byte, float>(contiguous.bytes);
}
