using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>A linear classifier of feature vectors: scores x·Wᵀ + b, one per class.</summary>
/// <param name="Weights">W, row-major <c>[C, d]</c>, for features as they are (not standardized).</param>
/// <param name="Intercepts">b, <c>[C]</c>.</param>
/// <param name="ClassNames">Names of the C classes.</param>
public sealed record LinearClassifier(double[] Weights, double[] Intercepts, IReadOnlyList<string> ClassNames)
{
    /// <summary>d, the length of a feature vector.</summary>
    public int Dimension => Weights.Length / ClassNames.Count;

    /// <summary>Classifies vectors; their labels are ignored.</summary>
    /// <param name="features">The vectors.</param>
    /// <param name="top">How many classes to rank for each, at least 1; no more than there are are given.</param>
    /// <returns>For each vector the classes with the highest scores, best first.</returns>
    /// <exception cref="ArgumentException">The vectors are of another length.</exception>
    public int[][] Rank(FeatureSet features, int top = 5)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (features.Dimension != Dimension)
            throw new ArgumentException($"The classifier takes features of {Dimension} values, got {features.Dimension}.");
        TorchRuntime.EnsureLoaded();
        var ranked = new int[features.Count][];
        var width = Math.Min(top, ClassNames.Count);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var weights = FeatureTensors.Vector(Weights).view(ClassNames.Count, Dimension); // [C, d]
        var intercepts = FeatureTensors.Vector(Intercepts); // [C]
        FeatureTensors.ForPieces(features.Count, Math.Max(Dimension, ClassNames.Count), (start, count) =>
        {
            var x = FeatureTensors.Slice(features, start, count).to(float64); // [B, d]
            var scores = x.mm(weights.t()).add_(intercepts, Scalars.One);           // [B, C]
            var (_, best) = scores.topk(width, 1, largest: true, sorted: true);     // [B, width]
            var classes = best.data<long>().ToArray();
            for (var i = 0; i < count; i++)
                ranked[start + i] = Array.ConvertAll(classes[(i * width)..((i + 1) * width)], c => (int)c);
        });
        return ranked;
    }

    /// <summary>The scores of some rows, <c>[rows, C]</c> row after row.</summary>
    internal double[] Scores(FeatureSet features, int[] rows)
    {
        TorchRuntime.EnsureLoaded();
        var scores = new double[checked(rows.Length * ClassNames.Count)];
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var weights = FeatureTensors.Vector(Weights).view(ClassNames.Count, Dimension); // [C, d]
        var intercepts = FeatureTensors.Vector(Intercepts); // [C]
        FeatureTensors.ForPieces(rows.Length, Math.Max(Dimension, ClassNames.Count), (start, count) =>
        {
            var x = FeatureTensors.Gather(features, rows[start..(start + count)]).to(float64); // [B, d]
            x.mm(weights.t()).add_(intercepts, Scalars.One).data<double>().CopyTo(scores, start * ClassNames.Count);
        });
        return scores;
    }

    /// <summary>The scores of a vector, <c>[C]</c>.</summary>
    internal double[] Scores(ReadOnlySpan<float> vector)
    {
        var scores = (double[])Intercepts.Clone();
        for (var c = 0; c < scores.Length; c++)
        {
            var weights = Weights.AsSpan(c * vector.Length, vector.Length);
            for (var i = 0; i < vector.Length; i++) scores[c] += weights[i] * vector[i];
        }
        return scores;
    }
}
