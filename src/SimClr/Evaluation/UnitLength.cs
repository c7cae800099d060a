namespace SimClr.Evaluation;

/// <summary>Vectors of Euclidean length 1, computed in float64.</summary>
internal static class UnitLength
{
    /// <summary>The Euclidean length of a vector; not finite where an element is not.</summary>
    public static double Norm(ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        foreach (var value in vector) sum += (double)value * value;
        return Math.Sqrt(sum);
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
