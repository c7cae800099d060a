using System.Numerics;
using System.Runtime.InteropServices;
using SimClr.Numerics;

namespace SimClr.Reporting;

/// <summary>
/// A map of vectors in two dimensions on which neighbors stay neighbors: t-SNE (van der Maaten and Hinton 2008, "Visualizing
/// Data using t-SNE", JMLR 9), exact, for up to about a thousand vectors. Distances between far groups and the sizes of groups
/// mean little on such a map. It begins with the principal axes, so that equal vectors give equal maps and the large directions
/// are those of the data (Kobak and Berens 2019, Nature Communications 10:5416).
/// </summary>
internal static class Tsne
{
    private const double Perplexity = 30;

    // As usual: forces of attraction are exaggerated at first, so that groups find together (Section 3.4).
    private const int Iterations = 500, ExaggeratedIterations = 150;
    private const double Exaggeration = 12, EarlyMomentum = 0.5, Momentum = 0.8;

    private const double InitialSpread = 1e-4, MinRate = 50, MinGain = 0.01;

    /// <summary>Lays vectors out by the cosines between them.</summary>
    /// <param name="rows">Vectors, row-major <c>[n, d]</c>; only their directions matter.</param>
    /// <param name="count">n, at least 1.</param>
    /// <returns>Places, <c>[n, 2]</c>; on one machine the same bits for the same vectors.</returns>
    public static double[] Embed(ReadOnlySpan<float> rows, int count)
    {
        var unit = Normalized(rows, count);
        var places = PrincipalAxes.Project(unit, count); // [n, 2]
        if (count < 4) return places; // they have no neighborhoods
        Shrink(places);
        var perplexity = Math.Min(Perplexity, (count - 1) / 3.0);
        var attraction = TsneAffinities.Compute(SquaredDistances(unit, count), count, perplexity); // [n, n]
        // The rate that suits the number of vectors (Belkina et al. 2019, Nature Communications 10:5415).
        var rate = Math.Max(MinRate, count / Exaggeration / 4);
        var (gradient, velocity, gains) = (new double[2 * count], new double[2 * count], new double[2 * count]);
        var kernel = new double[count * count];
        Array.Fill(gains, 1);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var early = iteration < ExaggeratedIterations;
            Descend(attraction, early ? Exaggeration : 1, places, kernel, gradient);
            for (var k = 0; k < places.Length; k++)
            {
                // A coordinate that keeps its direction goes faster, one that swings slower (Jacobs 1988).
                gains[k] = Math.Sign(gradient[k]) != Math.Sign(velocity[k]) ? gains[k] + 0.2 : Math.Max(MinGain, gains[k] * 0.8);
                velocity[k] = (early ? EarlyMomentum : Momentum) * velocity[k] - rate * gains[k] * gradient[k];
                places[k] += velocity[k];
            }
        }
        return places;
    }

    /// <summary>The gradient of the divergence of the map's neighborhoods from those of the vectors (Equation 5).</summary>
    internal static void Descend(double[] attraction, double exaggeration, double[] places, double[] kernel, double[] gradient)
    {
        var count = places.Length / 2;
        var sum = 0.0;
        for (var i = 1; i < count; i++)
        {
            var (x, y) = (places[2 * i], places[2 * i + 1]);
            for (var j = 0; j < i; j++)
            {
                var (dx, dy) = (x - places[2 * j], y - places[2 * j + 1]);
                var near = 1 / (1 + dx * dx + dy * dy);
                kernel[i * count + j] = near;
                sum += 2 * near;
            }
        }
        Array.Clear(gradient);
        for (var i = 1; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var near = kernel[i * count + j];
                var force = 4 * (exaggeration * attraction[i * count + j] - near / sum) * near;
                var (fx, fy) = (force * (places[2 * i] - places[2 * j]), force * (places[2 * i + 1] - places[2 * j + 1]));
                gradient[2 * i] += fx;
                gradient[2 * i + 1] += fy;
                gradient[2 * j] -= fx;
                gradient[2 * j + 1] -= fy;
            }
        }
    }

    /// <summary>Makes a start small, and lets places that coincide come apart.</summary>
    private static void Shrink(double[] places)
    {
        var spread = Math.Sqrt(places.Where((_, k) => k % 2 == 0).Average(x => x * x));
        var random = new CounterRandom(seed: 0, epoch: 0, item: 0, view: 1, DrawPurpose.Gallery);
        for (var k = 0; k < places.Length; k++)
            places[k] = InitialSpread * ((spread > 0 ? places[k] / spread : 0) + 0.01 * random.NextNormal());
    }

    private static float[] Normalized(ReadOnlySpan<float> rows, int count)
    {
        var unit = rows.ToArray();
        var dimension = rows.Length / count;
        for (var i = 0; i < count; i++)
        {
            var row = unit.AsSpan(i * dimension, dimension);
            var length = Math.Sqrt(Dot(row, row));
            for (var j = 0; j < dimension && length > 0; j++) row[j] = (float)(row[j] / length);
        }
        return unit;
    }

    private static double[] SquaredDistances(float[] unit, int count)
    {
        var dimension = unit.Length / count;
        var squares = new double[count * count];
        for (var i = 0; i < count; i++)
        {
            var row = unit.AsSpan(i * dimension, dimension);
            for (var j = 0; j < i; j++)
            {
                var cosine = Dot(row, unit.AsSpan(j * dimension, dimension));
                squares[i * count + j] = squares[j * count + i] = Math.Max(0, 2 - 2 * cosine);
            }
        }
        return squares;
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var left = MemoryMarshal.Cast<float, Vector<float>>(a);
        var right = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sums = Vector<float>.Zero;
        for (var k = 0; k < left.Length; k++) sums += left[k] * right[k];
        double sum = Vector.Sum(sums);
        for (var j = left.Length * Vector<float>.Count; j < a.Length; j++) sum += a[j] * b[j];
        return sum;
    }
}
