namespace SimClr.Classification;

/// <summary>The scores of a classifier for images whose classes are known.</summary>
/// <param name="Scores"><c>[n, C]</c> row after row; their softmax is the probabilities.</param>
/// <param name="Labels"><c>[n]</c>.</param>
/// <param name="ClassCount">C.</param>
internal sealed record ScoredImages(double[] Scores, int[] Labels, int ClassCount)
{
    private const int Bins = 15;

    public ReadOnlySpan<double> Row(int row) => Scores.AsSpan(row * ClassCount, ClassCount);

    /// <summary>The class with the highest score; of equal ones the first.</summary>
    public int Best(int row)
    {
        var scores = Row(row);
        var best = 0;
        for (var c = 1; c < scores.Length; c++) if (scores[c] > scores[best]) best = c;
        return best;
    }

    /// <summary>Part of some rows whose best class is right.</summary>
    public double Top1(IReadOnlyCollection<int> rows) => (double)rows.Count(row => Best(row) == Labels[row]) / rows.Count;

    /// <summary>Part of all rows whose best class is right.</summary>
    public double Top1() => Top1([.. Enumerable.Range(0, Labels.Length)]);

    /// <summary>Some of the rows.</summary>
    public ScoredImages Of(int[] rows) =>
        new([.. rows.SelectMany(row => Row(row).ToArray())], [.. rows.Select(row => Labels[row])], ClassCount);

    /// <summary>The same with each row's scores divided by a temperature.</summary>
    public ScoredImages Cooled(Func<int, double> temperature)
    {
        var scores = (double[])Scores.Clone();
        for (var row = 0; row < Labels.Length; row++)
        {
            var divisor = temperature(row);
            foreach (ref var score in scores.AsSpan(row * ClassCount, ClassCount)) score /= divisor;
        }
        return this with { Scores = scores };
    }

    /// <summary>Mean cross-entropy in nats.</summary>
    public double LogLoss()
    {
        var (sum, probabilities) = (0.0, new double[ClassCount]);
        for (var row = 0; row < Labels.Length; row++)
            sum += Softmax(Row(row), probabilities) - Row(row)[Labels[row]];
        return sum / Labels.Length;
    }

    /// <summary>
    /// How far probabilities can be believed: the expected calibration error of the best class (Guo et al. 2017, equation 3), and
    /// what it would be if they were right. In a bin the surplus of confidence is then a sum of independent numbers of variance
    /// p(1 − p), and a normal variable of variance v has the mean distance √(2v/π) from 0.
    /// </summary>
    public ProbabilityQuality Quality()
    {
        // The sum is over the surplus of confidence; the counts of a bin cancel.
        var (surplus, variance, probabilities) = (new double[Bins], new double[Bins], new double[ClassCount]);
        for (var row = 0; row < Labels.Length; row++)
        {
            Softmax(Row(row), probabilities);
            var best = Best(row);
            var confidence = probabilities[best];
            var bin = Math.Min(Bins - 1, (int)(confidence * Bins));
            surplus[bin] += confidence - (best == Labels[row] ? 1 : 0);
            variance[bin] += confidence * (1 - confidence);
        }
        return new(surplus.Sum(Math.Abs) / Labels.Length,
            variance.Sum(v => Math.Sqrt(2 * v / Math.PI)) / Labels.Length, LogLoss());
    }

    /// <summary>Probabilities of scores.</summary>
    /// <returns>The logarithm of the sum of the scores' exponentials.</returns>
    public static double Softmax(ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        foreach (var score in scores) largest = Math.Max(largest, score);
        for (var c = 0; c < scores.Length; c++) sum += probabilities[c] = Math.Exp(scores[c] - largest);
        foreach (ref var probability in probabilities[..scores.Length]) probability /= sum;
        return largest + Math.Log(sum);
    }
}
