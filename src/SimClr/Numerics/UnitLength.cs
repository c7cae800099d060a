using System.Numerics;
using System.Runtime.InteropServices;

namespace SimClr.Numerics;

/// <summary>Vectors of Euclidean length 1, computed in float64.</summary>
public static class UnitLength
{
    /// <summary>The Euclidean length of a vector; not finite where an element is not.</summary>
    public static double Norm(ReadOnlySpan<float> vector)
    {
        var sum = Vector<double>.Zero;
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(vector);
        foreach (var block in blocks)
        {
            Vector.Widen(block, out var low, out var high);
            sum += low * low + high * high;
        }
        var total = Vector.Sum(sum);
        foreach (var value in vector[(blocks.Length * Vector<float>.Count)..]) total += (double)value * value;
        return Math.Sqrt(total);
    }

    /// <summary>Divides a vector by its length, in place; one of zeros stays as it is.</summary>
    /// <param name="vector"><c>[d]</c>.</param>
    /// <param name="norm">Its length.</param>
    public static void Scale(Span<float> vector, double norm)
    {
        if (norm == 0) return;
        var scale = 1 / norm;
        foreach (ref var value in vector) value = (float)(value * scale);
    }

    /// <summary>Scales a vector to length 1 where it has another; one of zeros stays as it is.</summary>
    /// <returns>Whether it had another length.</returns>
    public static bool Ensure(Span<float> vector)
    {
        const double Tolerance = 1e-4; // rounding to float32 moves a length by some 1e-7
        var norm = Norm(vector);
        if (norm == 0 || Math.Abs(norm - 1) <= Tolerance) return false;
        Scale(vector, norm);
        return true;
    }

    /// <summary>A vector that is searched with, as a copy of length 1.</summary>
    /// <exception cref="ArgumentException">An element is not finite.</exception>
    public static float[] OfQuery(ReadOnlySpan<float> query)
    {
        var norm = Norm(query);
        if (!double.IsFinite(norm)) throw new ArgumentException("The vector is not finite.", nameof(query));
        var unit = query.ToArray();
        Scale(unit, norm);
        return unit;
    }
}
