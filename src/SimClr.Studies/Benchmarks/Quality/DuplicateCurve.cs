using System.Numerics;
using System.Runtime.Intrinsics;
using SimClr.Features;
using SimClr.Search;

namespace SimClr.Studies;

/// <summary>
/// How well thresholds on the cosine of vectors tell copies from other pairs: exact counts at the similarity of every copy to its
/// original, of all pairs of the set.
/// </summary>
internal sealed unsafe class DuplicateCurve
{
    private readonly double[] _cosines; // of the copies that can be found, ascending
    private readonly long[] _pairs; // how many pairs are at least as alike as each of these
    private readonly int _copies;

    private DuplicateCurve(double[] cosines, long[] pairs, int copies) => (_cosines, _pairs, _copies) = (cosines, pairs, copies);

    /// <summary>Counts.</summary>
    /// <param name="set">The vectors.</param>
    /// <param name="copies">Pairs of an original and its copy, which comes later; one for an original at most.</param>
    /// <param name="check">An additional check of a pair; or null. Called for pairs that are alike enough to matter.</param>
    /// <param name="cancellationToken">Checked regularly.</param>
    public static DuplicateCurve Compute(FeatureSet set, IReadOnlyList<(int Original, int Copy)> copies,
        Func<int, int, bool>? check, CancellationToken cancellationToken)
    {
        var scan = new PairScan(set);
        var copyOf = new int[set.Count];
        foreach (var (original, copy) in copies)
            if (check?.Invoke(original, copy) ?? true) copyOf[original] = copy;
        // As the scan forms them, so that a copy's cosine equals itself.
        var known = new float[set.Count];
        scan.Run((_, row, first, count, cosines) =>
        {
            if (copyOf[row] is > 0 and var copy && copy >= first && copy < first + count) known[row] = cosines[copy - first];
        }, progress: null, cancellationToken);
        float[] sorted = [.. Enumerable.Range(0, set.Count).Where(row => copyOf[row] > 0).Select(row => known[row]).Order()];
        if (sorted.Length == 0) return new([], [], copies.Count);
        // With a check, the copies that are least alike are left out: finding them would need a check of nearly all pairs.
        if (check is not null) sorted = sorted[(sorted.Length / 10)..];
        var counts = Enumerable.Range(0, scan.Workers).Select(_ => new long[sorted.Length]).ToArray();
        scan.Run((worker, row, first, count, cosines) =>
        {
            var least = Vector512.Create(sorted[0]);
            var i = 0;
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var passing = Vector512.GreaterThanOrEqual(Vector512.Load(cosines + i), least).ExtractMostSignificantBits();
                for (; passing != 0; passing &= passing - 1) Count(i + BitOperations.TrailingZeroCount(passing));
            }
            for (; i < count; i++) if (cosines[i] >= sorted[0]) Count(i);

            void Count(int i)
            {
                if (check is not null && !check(row, first + i)) return;
                counts[worker][LastAtMost(sorted, cosines[i])]++;
            }
        }, progress: null, cancellationToken);
        var pairs = new long[sorted.Length];
        var sum = 0L;
        for (var i = sorted.Length - 1; i >= 0; i--) pairs[i] = sum += counts.Sum(worker => worker[i]);
        return new(Array.ConvertAll(sorted, cosine => (double)cosine), pairs, copies.Count);
    }

    /// <summary>
    /// Recall and precision at the cosine of every copy that can be found, from the highest threshold to the lowest.
    /// </summary>
    public IEnumerable<(double Threshold, double Recall, double Precision)> Points
    {
        get
        {
            for (var i = _cosines.Length - 1; i >= 0; i--)
            {
                if (i > 0 && _cosines[i - 1] == _cosines[i]) continue; // of equal ones the first counts all
                var found = _cosines.Length - i;
                yield return (_cosines[i], (double)found / _copies, (double)found / _pairs[i]);
            }
        }
    }

    /// <summary>The mean of the precisions at which each copy is found; 0 for those that cannot be.</summary>
    public double AveragePrecision
    {
        get
        {
            var (sum, before) = (0.0, 0.0);
            foreach (var (_, recall, precision) in Points) (sum, before) = (sum + (recall - before) * precision, recall);
            return sum;
        }
    }

    /// <summary>The lowest threshold with at least some precision, and what it finds; null where there is none.</summary>
    public (double Threshold, double Recall, double Precision)? At(double precision) =>
        Points.Where(point => point.Precision >= precision).Cast<(double, double, double)?>().LastOrDefault();

    /// <summary>The result of a threshold: the point of the least similar copy above it.</summary>
    public (double Recall, double Precision) Above(double threshold)
    {
        var last = Points.TakeWhile(point => point.Threshold >= threshold).LastOrDefault();
        return (last.Recall, last.Recall > 0 ? last.Precision : 1);
    }

    private static int LastAtMost(float[] ascending, float value)
    {
        var (low, high) = (0, ascending.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (ascending[middle] <= value) low = middle;
            else high = middle - 1;
        }
        // Among equal ones the first stands for all.
        while (low > 0 && ascending[low - 1] == ascending[low]) low--;
        return low;
    }
}
