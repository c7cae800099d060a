namespace SimClr.Torch.Tests.Losses;

/// <summary>The objectives as their equations stand, row by row in float64: what the real ones are compared with.</summary>
internal sealed class PlainLoops
{
    private readonly double[,] _similarity;
    private readonly int _rows;
    private readonly long[] _labels;

    /// <param name="z">2N rows one after another.</param>
    /// <param name="d">Their length.</param>
    /// <param name="normalize">Whether similarities are cosines.</param>
    /// <param name="labels">Labels of the N images, for the objective that has them.</param>
    public PlainLoops(double[] z, int d, bool normalize, long[]? labels = null)
    {
        _rows = z.Length / d;
        _labels = labels ?? [];
        _similarity = new double[_rows, _rows];
        for (var i = 0; i < _rows; i++)
        {
            for (var k = 0; k < _rows; k++)
            {
                var (dot, left, right) = (0.0, 0.0, 0.0);
                for (var c = 0; c < d; c++)
                {
                    dot += z[i * d + c] * z[k * d + c];
                    left += z[i * d + c] * z[i * d + c];
                    right += z[k * d + c] * z[k * d + c];
                }
                _similarity[i, k] = normalize ? dot / Math.Sqrt(left * right) : dot;
            }
        }
    }

    public double NtXent(double temperature) => Mean(i => LogSum(i, temperature, Others(i)) - Positive(i) / temperature);

    public double Decoupled(double temperature, double? sigma)
    {
        if (_rows == 2) return 0;
        var mean = Mean(i => Math.Exp(Positive(i) / (sigma ?? 1)));
        return Mean(i => LogSum(i, temperature, Negatives(i))
            - (sigma is { } s ? 2 - Math.Exp(Positive(i) / s) / mean : 1) * Positive(i) / temperature);
    }

    public double Supervised(double temperature) => Mean(i =>
    {
        var positives = Others(i).Where(k => k == Partner(i) || (Label(i) >= 0 && Label(k) == Label(i))).ToArray();
        return positives.Sum(p => LogSum(i, temperature, Others(i)) - _similarity[i, p] / temperature) / positives.Length;
    });

    public double Logistic(double temperature, bool semiHard) => Mean(i =>
    {
        var negatives = semiHard ? SemiHard(i, double.PositiveInfinity) : [.. Negatives(i)];
        return SoftPlus(-Positive(i) / temperature)
            + negatives.Sum(k => SoftPlus(_similarity[i, k] / temperature)) / Math.Max(1, negatives.Length);
    });

    public double Triplet(double margin, bool semiHard) => Mean(i =>
    {
        var negatives = semiHard ? SemiHard(i, margin) : [.. Negatives(i)];
        return negatives.Sum(k => Math.Max(_similarity[i, k] - Positive(i) + margin, 0)) / Math.Max(1, negatives.Length);
    });

    public double Top1() => Mean(i => Negatives(i).All(k => _similarity[i, k] < Positive(i)) ? 1 : 0);

    public double Entropy(double temperature, bool withPartner = true) => Mean(i =>
    {
        var candidates = withPartner || _rows == 2 ? Others(i) : Negatives(i);
        var logs = candidates.Select(k => _similarity[i, k] / temperature - LogSum(i, temperature, candidates));
        return -logs.Sum(log => log * Math.Exp(log));
    });

    // "Within the loss margin and closest in distance, but farther than positive examples", word by word.
    private int[] SemiHard(int i, double margin) =>
        [.. Negatives(i).Where(k => _similarity[i, k] < Positive(i) && _similarity[i, k] > Positive(i) - margin)
            .OrderByDescending(k => _similarity[i, k]).Take(1)];

    private double LogSum(int i, double temperature, IEnumerable<int> candidates)
    {
        var largest = candidates.Max(k => _similarity[i, k] / temperature);
        return largest + Math.Log(candidates.Sum(k => Math.Exp(_similarity[i, k] / temperature - largest)));
    }

    private static double SoftPlus(double value) => Math.Max(value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(value)));

    private double Mean(Func<int, double> ofRow) => Enumerable.Range(0, _rows).Average(ofRow);

    private double Positive(int i) => _similarity[i, Partner(i)];

    private int Partner(int i) => (i + _rows / 2) % _rows;

    private long Label(int i) => _labels[i % (_rows / 2)];

    private IEnumerable<int> Others(int i) => Enumerable.Range(0, _rows).Where(k => k != i);

    private IEnumerable<int> Negatives(int i) => Others(i).Where(k => k != Partner(i));
}
