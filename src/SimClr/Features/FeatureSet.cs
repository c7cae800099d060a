namespace SimClr.Features;

/// <summary>Features of a dataset: one vector and one label per image.</summary>
/// <param name="Values">Features, row-major <c>[n, d]</c>, float32.</param>
/// <param name="Dimension">d, the length of a vector.</param>
/// <param name="Labels"><c>[n]</c> indices into <paramref name="ClassNames"/>, or -1 for images without a label.</param>
/// <param name="ClassNames">Names of the classes; their number is the number of classes.</param>
public sealed record FeatureSet(float[] Values, int Dimension, int[] Labels, IReadOnlyList<string> ClassNames)
{
    /// <summary>n, the number of vectors.</summary>
    public int Count => Labels.Length;

    /// <summary>The number of classes.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>One vector, <c>[d]</c>.</summary>
    public ReadOnlySpan<float> Row(int index) => Values.AsSpan(checked(index * Dimension), Dimension);

    /// <summary>Checks that sizes agree, labels exist and all features are finite.</summary>
    /// <returns>This set.</returns>
    /// <exception cref="ArgumentException">They do not.</exception>
    public FeatureSet Validated()
    {
        if (!(Dimension > 0)) throw new ArgumentException($"{nameof(Dimension)} must be at least 1, got {Dimension}.");
        var expected = (long)Count * Dimension;
        if (Values.LongLength != expected)
            throw new ArgumentException(
                $"{Count} vectors of {Dimension} features take {expected} values, {Values.LongLength}.");
        foreach (var label in Labels)
            if (label < -1 || label >= ClassCount)
                throw new ArgumentException($"{nameof(Labels)} must lie between -1 and {ClassCount - 1}, got {label}.");
        for (var i = 0; i < Values.Length; i++)
            if (!float.IsFinite(Values[i]))
                throw new ArgumentException(
                    $"Features must be finite, got {Values[i]} in vector {i / Dimension}; the encoder has diverged.");
        return this;
    }

    /// <summary>Rows that carry a label.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    internal int[] LabeledRows(string part)
    {
        var rows = Enumerable.Range(0, Count).Where(i => Labels[i] >= 0).ToArray();
        if (rows.Length == 0) throw new ArgumentException($"The {part} set has no labeled images; evaluation needs labels.");
        return rows;
    }

    /// <summary>Checks that a test set can be judged by what was learned from this one.</summary>
    internal void RequireComparable(FeatureSet test)
    {
        if (test.Dimension != Dimension)
            throw new ArgumentException($"Training features have {Dimension} values and test features {test.Dimension}.");
        if (test.ClassCount != ClassCount)
            throw new ArgumentException($"The training set has {ClassCount} classes and the test set {test.ClassCount}.");
    }
}
