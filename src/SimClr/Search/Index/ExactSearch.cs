using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimClr.Numerics;

namespace SimClr.Search;

/// <summary>Products of a vector with all rows of a matrix, of which the largest are kept.</summary>
public static class ExactSearch
{
    // Fewer numbers than this are gone through faster than a second thread wakes up.
    private const int MinForThreads = 1 << 22;

    /// <summary>The rows that have the largest cosines with a vector; of equal ones the first.</summary>
    /// <param name="rows"><c>[n, d]</c> of Euclidean length 1.</param>
    /// <param name="query"><c>[d]</c>, of any length but 0.</param>
    /// <param name="count">How many, at most n.</param>
    /// <param name="threads">Threads; 0 takes all cores where there is work for them.</param>
    public static (int Row, double Similarity)[] Nearest(
        ReadOnlyMemory<float> rows, ReadOnlySpan<float> query, int count, int threads = 0)
    {
        var unit = UnitLength.OfQuery(query);
        if (count == 0) return [];
        var n = rows.Length / unit.Length;
        if (threads == 0) threads = rows.Length < MinForThreads ? 1 : Environment.ProcessorCount;
        var parts = new (float Similarity, int Row)[threads][];
        void Part(int part) => parts[part] =
            Best(rows.Span, unit, (int)((long)n * part / threads), (int)((long)n * (part + 1) / threads), count);
        if (threads == 1) Part(0);
        else Parallel.For(0, threads, Part);
        return [.. parts.SelectMany(part => part).OrderByDescending(hit => hit.Similarity).ThenBy(hit => hit.Row).Take(count)
            .Select(hit => (hit.Row, (double)hit.Similarity))];
    }

    // A process that searches once should not wait for the compiler's second look.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Similarity, int Row)[] Best(ReadOnlySpan<float> rows, float[] query, int first, int end, int count)
    {
        // A heap with the worst of the best on top; a later row of the same similarity is worse.
        var best = new PriorityQueue<int, (float Similarity, int Row)>(
            Comparer<(float Similarity, int Row)>.Create((a, b) =>
                a.Similarity != b.Similarity ? a.Similarity.CompareTo(b.Similarity) : b.Row.CompareTo(a.Row)));
        var worst = float.NegativeInfinity;
        for (var row = first; row < end; row++)
        {
            var similarity = Dot(rows.Slice(row * query.Length, query.Length), query);
            if (best.Count == count && similarity <= worst) continue;
            if (best.Count < count) best.Enqueue(row, (similarity, row));
            else best.EnqueueDequeue(row, (similarity, row));
            if (best.Count == count && best.TryPeek(out _, out var top)) worst = top.Similarity;
        }
        return [.. best.UnorderedItems.Select(item => item.Priority)];
    }

    /// <summary>The product of two vectors of one length.</summary>
    // Four sums, so that additions do not wait for each other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i + 4 <= x.Length && i + 4 <= y.Length; i += 4)
        {
            s0 = Vector.FusedMultiplyAdd(x[i], y[i], s0);
            s1 = Vector.FusedMultiplyAdd(x[i + 1], y[i + 1], s1);
            s2 = Vector.FusedMultiplyAdd(x[i + 2], y[i + 2], s2);
            s3 = Vector.FusedMultiplyAdd(x[i + 3], y[i + 3], s3);
        }
        for (; i < x.Length; i++) s0 = Vector.FusedMultiplyAdd(x[i], y[i], s0);
        var sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (var j = x.Length * Vector<float>.Count; j < a.Length; j++) sum += a[j] * b[j];
        return sum;
    }

    /// <summary>Whether all numbers are finite.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        // 0·x is 0 for every finite x, and NaN where x is infinite or NaN.
        var sum = Vector<float>.Zero;
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (var block in blocks) sum += block * Vector<float>.Zero;
        foreach (var value in values[(blocks.Length * Vector<float>.Count)..])
            if (!float.IsFinite(value)) return false;
        return Vector.Sum(sum) == 0;
    }
}
