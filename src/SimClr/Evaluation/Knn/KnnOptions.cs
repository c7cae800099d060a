namespace SimClr.Evaluation;

/// <summary>Settings of the weighted nearest-neighbor classifier.</summary>
public sealed record KnnOptions
{
    /// <summary>How many neighbors vote, at least 1; more than the bank holds means all of it.</summary>
    public int K { get; init; } = 200;

    /// <summary>Temperature τ of a neighbor's weight exp(similarity/τ), above 0.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Where similarities are formed: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Checks the settings.</summary>
    /// <returns>These settings.</returns>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message says which.</exception>
    public KnnOptions Validated()
    {
        if (K < 1) throw new ArgumentOutOfRangeException(nameof(K), K, "K must be at least 1.");
        if (!(Temperature > 0) || double.IsInfinity(Temperature))
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "Temperature must be above 0 and finite.");
        return this;
    }
}

/// <summary>Accuracy of the nearest-neighbor classifier, as fractions from 0 to 1.</summary>
/// <param name="Top1">Part of the test images whose best-ranked class is right.</param>
/// <param name="Top5">Part whose class is among the five best-ranked; a class without a single vote is not ranked.</param>
/// <param name="K">Number of neighbors that voted.</param>
/// <param name="TestCount">Number of labeled test images.</param>
public sealed record KnnResult(double Top1, double Top5, int K, int TestCount);
