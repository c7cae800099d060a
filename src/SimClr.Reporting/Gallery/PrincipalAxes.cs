using SimClr.Numerics;

namespace SimClr.Reporting;

/// <summary>Vectors seen from where they spread most: principal component analysis to two dimensions.</summary>
internal static class PrincipalAxes
{
    // Orthogonal iteration. Where two variances are nearly equal it stops at directions between theirs, which show as much.
    private const int Rounds = 60;

    /// <summary>Coordinates along the two directions of greatest variance, about the mean; the first varies more.</summary>
    /// <param name="rows">Vectors, row-major <c>[n, d]</c>.</param>
    /// <param name="count">n.</param>
    /// <returns><c>[n, 2]</c>, a function of the vectors alone; zeros where they do not vary.</returns>
    public static double[] Project(ReadOnlySpan<float> rows, int count)
    {
        var dimension = rows.Length / count;
        var centered = Centered(rows, count, dimension);
        double[][] axes = [Start(dimension, 0), Start(dimension, 1)];
        double[][] along = [new double[count], new double[count]];
        for (var round = 0; round < Rounds; round++)
        {
            for (var a = 0; a < axes.Length; a++)
            {
                Multiply(centered, axes[a], along[a]);
                Carry(centered, along[a], axes[a]);
                if (a > 0) Remove(axes[0], axes[a]);
                Normalize(axes[a]);
            }
        }
        var result = new double[2 * count]; // [n, 2]
        for (var a = 0; a < axes.Length; a++)
        {
            Multiply(centered, axes[a], along[a]);
            for (var i = 0; i < count; i++) result[2 * i + a] = along[a][i];
        }
        return result;
    }

    private static double[] Centered(ReadOnlySpan<float> rows, int count, int dimension)
    {
        var mean = new double[dimension];
        for (var i = 0; i < rows.Length; i++) mean[i % dimension] += (double)rows[i] / count;
        var centered = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++) centered[i] = rows[i] - mean[i % dimension];
        return centered;
    }

    private static double[] Start(int dimension, int axis)
    {
        var random = new CounterRandom(seed: 0, epoch: 0, item: axis, view: 0, DrawPurpose.Gallery);
        var start = new double[dimension];
        for (var j = 0; j < dimension; j++) start[j] = random.NextNormal();
        return start;
    }

    /// <summary>X v.</summary>
    private static void Multiply(double[] rows, double[] axis, double[] along)
    {
        for (var i = 0; i < along.Length; i++) along[i] = Dot(rows.AsSpan(i * axis.Length, axis.Length), axis);
    }

    /// <summary>Xᵀ u.</summary>
    private static void Carry(double[] rows, double[] along, double[] axis)
    {
        Array.Clear(axis);
        for (var i = 0; i < along.Length; i++)
        {
            var row = rows.AsSpan(i * axis.Length, axis.Length);
            var weight = along[i];
            for (var j = 0; j < row.Length; j++) axis[j] += weight * row[j];
        }
    }

    private static void Remove(double[] unit, double[] axis)
    {
        var shared = Dot(unit, axis);
        for (var j = 0; j < axis.Length; j++) axis[j] -= shared * unit[j];
    }

    private static void Normalize(double[] axis)
    {
        var length = Math.Sqrt(Dot(axis, axis));
        // Its largest part is made positive: an axis has no sign of its own.
        var scale = length > 0 ? 1 / (length * Math.Sign(axis.MaxBy(Math.Abs))) : 0;
        for (var j = 0; j < axis.Length; j++) axis[j] *= scale;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var j = 0; j < a.Length; j++) sum += a[j] * b[j];
        return sum;
    }
}
