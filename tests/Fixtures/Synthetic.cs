using SimClr.Features;
using SimClr.Numerics;

namespace SimClr.Tests.Fixtures;

/// <summary>Feature sets drawn from Gaussian classes.</summary>
internal static class Synthetic
{
    public static string[] Names(int classes) => [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];

    /// <summary>Class means are drawn once per seed with the given spread; the noise around them has unit deviation.</summary>
    public static FeatureSet Classes(int count, int dimension, int classes, double spread, int part = 0, ulong seed = 5)
    {
        var values = new float[count * dimension];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % classes;
            var mean = new CounterRandom(seed, 0, labels[i], 0, DrawPurpose.Shape);
            var noise = new CounterRandom(seed, 1 + part, i, 0, DrawPurpose.Shape);
            for (var j = 0; j < dimension; j++)
                values[i * dimension + j] = (float)(3 + j + (1 + j) * (spread * mean.NextNormal() + noise.NextNormal()));
        }
        return new FeatureSet(values, dimension, labels, Names(classes));
    }
}
