using System.Numerics;
using System.Runtime.Intrinsics;
using SimClr.Features;

namespace SimClr.Search;

/// <summary>
/// The result of one pass over all pairs of vectors: each one's nearest neighbor, and the strongest links. Hardly any cosine
/// is above those that were seen before, so a vector of them at a time is compared and let go.
/// </summary>
internal sealed unsafe class NearestAndLinks
{
    private const int Room = 1 << 21, Bundle = 1 << 12;

    private readonly float _lowest;
    private readonly StrongestLinks _links;
    private readonly (float[] Similarity, int[] Other, List<SimilarPair> Bundle)[] _workers;

    private NearestAndLinks(int count, float lowest, int workers)
    {
        (_lowest, _links) = (lowest, new StrongestLinks(count, Room));
        _workers = [.. Enumerable.Range(0, workers).Select(_ =>
        {
            var similarity = new float[count];
            Array.Fill(similarity, float.NegativeInfinity);
            return (similarity, new int[count], new List<SimilarPair>(Bundle));
        })];
    }

    /// <summary>Looks at all pairs; the same on any number of threads.</summary>
    /// <param name="set">The vectors.</param>
    /// <param name="lowest">Pairs that are less alike are no links.</param>
    /// <param name="scan">Goes through the pairs.</param>
    /// <param name="progress">Receives the finished share, 0 to 1; or null.</param>
    /// <param name="cancellationToken">Checked regularly.</param>
    /// <returns>Each one's nearest other (none where there is only one), and links, strongest first.</returns>
    public static (SimilarPair[] Nearest, SimilarPair[] Links) Of(FeatureSet set, double lowest, PairScan scan,
        IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var seen = new NearestAndLinks(set.Count, (float)lowest, scan.Workers);
        scan.Run(seen.Visit, progress, cancellationToken);
        foreach (var worker in seen._workers) seen._links.Add([.. worker.Bundle]);
        return (set.Count < 2 ? [] : seen.Nearest(), seen._links.Forest());
    }

    private SimilarPair[] Nearest() => [.. Enumerable.Range(0, _workers[0].Other.Length).Select(i => _workers
        .Select(worker => new SimilarPair(i, worker.Other[i], worker.Similarity[i])).Min())];

    private void Visit(int worker, int row, int firstColumn, int count, float* cosines)
    {
        var (similarity, _, _) = _workers[worker];
        var i = 0;
        fixed (float* known = similarity)
        {
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var cosine = Vector512.Load(cosines + i);
                // Equal similarities pass too: of equally near ones the first is taken.
                var least = Vector512.Min(Vector512.Load(known + firstColumn + i),
                    Vector512.Create(Math.Min(known[row], _lowest)));
                var passing = Vector512.GreaterThanOrEqual(cosine, least).ExtractMostSignificantBits();
                for (; passing != 0; passing &= passing - 1)
                {
                    var column = i + BitOperations.TrailingZeroCount(passing);
                    Look(worker, row, firstColumn + column, cosines[column]);
                }
            }
        }
        for (; i < count; i++) Look(worker, row, firstColumn + i, cosines[i]);
    }

    private void Look(int worker, int row, int column, float cosine)
    {
        var (similarity, other, bundle) = _workers[worker];
        if (cosine > similarity[row] || (cosine == similarity[row] && column < other[row]))
            (similarity[row], other[row]) = (cosine, column);
        if (cosine > similarity[column] || (cosine == similarity[column] && row < other[column]))
            (similarity[column], other[column]) = (cosine, row);
        if (!(cosine >= _lowest)) return;
        bundle.Add(new SimilarPair(row, column, cosine));
        if (bundle.Count < Bundle) return;
        _links.Add([.. bundle]);
        bundle.Clear();
    }
}
