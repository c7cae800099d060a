using SimClr.Numerics;
using SimClr.Search;

namespace SimClr.Tests.Fixtures;

/// <summary>Indexes of random vectors, without images behind them.</summary>
internal static class MadeIndex
{
    /// <summary>An index of given rows, scaled to length 1; image i is called <c>i.png</c>.</summary>
    public static ImageIndex Of(IReadOnlyList<float[]> rows)
    {
        var dimension = rows.Count == 0 ? 3 : rows[0].Length;
        var origin = new IndexOrigin("/runs/none", "0", 0, 32, dimension);
        return new(origin, [.. rows.Select((_, i) => new IndexedImage($"{i}.png", null, "1"))], [.. rows.SelectMany(Unit)]);
    }

    /// <summary>Random rows, of which some are near copies of the one three before: at various distances.</summary>
    public static List<float[]> Rows(int count, int dimension, ulong seed = 1)
    {
        var rows = new List<float[]>();
        for (var i = 0; i < count; i++)
        {
            var random = new CounterRandom(seed, 0, i, 0, DrawPurpose.View);
            float[] Noise(ref CounterRandom random)
            {
                var noise = new float[dimension];
                foreach (ref var value in noise.AsSpan()) value = (float)random.NextNormal();
                return noise;
            }
            var fresh = Noise(ref random);
            if (i % 4 == 3)
            {
                var share = (float)Math.Pow(10, -random.NextDouble(0, 3));
                fresh = [.. rows[i - 3].Zip(fresh, (old, noise) => old + share * noise)];
            }
            if (i == 9) fresh = rows[2]; // the same to the last bit
            rows.Add(fresh);
        }
        return rows;
    }

    public static double Cosine(float[] a, float[] b) => Unit(a).Zip(Unit(b)).Sum(pair => (double)pair.First * pair.Second);

    private static float[] Unit(float[] row)
    {
        var length = Math.Sqrt(row.Sum(value => (double)value * value));
        return Array.ConvertAll(row, value => (float)(value / length));
    }
}
