using System.Runtime.Intrinsics.X86;
using SimClr.Features;
using SimClr.Numerics;
using SimClr.Search;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Search;

/// <summary>Near-identical images, against all pairs computed one by one.</summary>
public sealed class DuplicateSearchTests
{
    [Theory]
    [InlineData(2, 3)]
    [InlineData(33, 130)]
    [InlineData(290, 17)]
    public unsafe void Every_pair_is_told_once_with_its_cosine(int n, int d)
    {
        var rows = MadeIndex.Rows(n, d);
        var scan = new PairScan(MadeIndex.Of(rows).Features()) { Workers = 3 };
        List<Action<PairScan.Visitor>> ways = [visit => scan.RunInPieces(visit, null, default)];
        if (Avx512F.IsSupported) ways.Add(visit => scan.RunInTiles(visit, null, default));
        foreach (var way in ways)
        {
            var cosines = new double[n, n];
            var times = new int[n, n];
            way((_, row, first, count, values) =>
            {
                for (var i = 0; i < count; i++)
                {
                    cosines[row, first + i] = values[i];
                    Interlocked.Increment(ref times[row, first + i]);
                }
            });
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                {
                    Assert.Equal(j > i ? 1 : 0, times[i, j]);
                    if (j > i) Assert.Equal(MadeIndex.Cosine(rows[i], rows[j]), cosines[i, j], 1e-5);
                }
        }
    }

    [Theory]
    [InlineData(12, 4)]
    [InlineData(301, 24)]
    public void Groups_of_any_threshold_are_those_of_all_pairs(int n, int d)
    {
        var rows = MadeIndex.Rows(n, d);
        var search = DuplicateSearch.Find(MadeIndex.Of(rows), threshold: 0.3);
        for (var i = 0; i < n; i++)
        {
            var nearest = Enumerable.Range(0, n).Where(j => j != i).Max(j => MadeIndex.Cosine(rows[i], rows[j]));
            Assert.Equal(nearest, search.Nearest[i], 1e-5);
        }
        foreach (var threshold in new[] { 0.31, 0.6, 0.9, 0.99, 0.9999, 1.5 })
        {
            var expected = Components(rows, threshold);
            var groups = search.Groups(threshold);
            Assert.Equal(expected, groups.Select(group => string.Join(' ', group.Images)).Order(StringComparer.Ordinal));
            Assert.Equal(groups.OrderByDescending(group => group.Images.Count).Select(group => group.Images.Count),
                groups.Select(group => group.Images.Count));
            Assert.All(groups, group =>
            {
                Assert.True(group.Weakest >= threshold);
                Assert.Equal(group.Images.Select(p => MadeIndex.Cosine(rows[group.Images[0]], rows[p])), group.ToFirst, Near);
                // Just above its weakest pair, a group is no longer one.
                Assert.DoesNotContain(search.Groups(Math.BitIncrement(group.Weakest)),
                    other => other.Images.SequenceEqual(group.Images));
            });
            var effect = Assert.Single(search.Preview(threshold), effect => effect.Threshold == threshold);
            Assert.Equal((groups.Count, groups.Sum(g => g.Images.Count), groups.Select(g => g.Images.Count).DefaultIfEmpty()
                .Max()),
                (effect.Groups, effect.Images, effect.Largest));
        }
        Assert.Equal(n, search.Histogram(7).Sum(bin => bin.Images));
    }

    [Fact]
    public void Forests_do_not_depend_on_room_and_order()
    {
        var rows = MadeIndex.Rows(60, 6);
        var pairs = (from i in Enumerable.Range(0, 60)
                     from j in Enumerable.Range(i + 1, 59 - i)
                     select new SimilarPair(i, j, Math.Round(MadeIndex.Cosine(rows[i], rows[j]), 1))).ToArray(); // with many ties
        var all = new StrongestLinks(60, 10_000);
        all.Add(pairs);
        var little = new StrongestLinks(60, 1);
        new CounterRandom(4, 0, 0, 0, DrawPurpose.View).Shuffle<SimilarPair>(pairs);
        foreach (var pair in pairs) little.Add([pair]);
        var forest = all.Forest();
        Assert.Equal(59, forest.Length);
        Assert.Equal(forest, little.Forest());
    }

    [Fact]
    public void One_thread_and_several_find_the_same()
    {
        var set = MadeIndex.Of(MadeIndex.Rows(500, 40)).Features();
        var (nearest, links) = NearestAndLinks.Of(set, 0.1, new PairScan(set) { Workers = 1 }, null, default);
        var (again, same) = NearestAndLinks.Of(set, 0.1, new PairScan(set) { Workers = 4 }, null, default);
        Assert.Equal(nearest, again);
        Assert.Equal(links, same);
        Assert.Equal(9, nearest[2].Second); // the same to the last bit
    }

    [Fact]
    public void Pairs_at_the_threshold_lie_on_both_sides_of_it()
    {
        var search = DuplicateSearch.Find(MadeIndex.Of(MadeIndex.Rows(200, 24)), threshold: 0.5);
        var pairs = search.PairsAt(0.9, 3);
        Assert.Equal(3, pairs.Count(pair => pair.Similarity >= 0.9));
        Assert.Equal(3, pairs.Count(pair => pair.Similarity < 0.9));
        Assert.Equal(pairs.OrderByDescending(pair => pair.Similarity), pairs);
    }

    [Fact]
    public void Suggestions_let_pass_the_promised_share_of_distinct_images_also_beside_copies_and_bursts()
    {
        // As the theory has it: others within r of an image are a Poisson process of (r / 0.5)^12.
        var random = new CounterRandom(2, 0, 0, 0, DrawPurpose.View);
        const double scale = 0.5, directions = 12;
        static double Cosine(double distance) => 1 - distance * distance / 2;
        double[] Distinct()
        {
            var volume = 0.0;
            return [.. Enumerable.Range(0, 8)
                .Select(_ => scale * Math.Pow(volume -= Math.Log(1 - random.NextDouble()), 1 / directions))];
        }
        var distinct = Enumerable.Range(0, 5_000).Select(_ => Distinct()).ToList();
        double Promised(IEnumerable<double[]> images)
        {
            var suggested = SuggestedThreshold.Compute([.. images.Select(distances => Array.ConvertAll(distances, Cosine))]);
            Assert.True(suggested.IsFromData);
            var near = Math.Sqrt(2 - 2 * suggested.Cosine);
            // expected by chance, of what was promised
            return Math.Pow(near / scale, directions) / SuggestedThreshold.ShareOfDistinct;
        }
        Assert.InRange(Promised(distinct), 0.5, 2);
        // Half of the images have a copy.
        // stricter rather than looser
        Assert.InRange(Promised(distinct.Select((others, i) => i % 2 == 0 ? others : [0.05, .. others[..7]])), 0.1, 2);
        // One in five is in a burst of nine or more.
        Assert.InRange(Promised(distinct.Select((others, i) => i % 5 > 0 ? others : [.. others.Select(r => r / 10)])), 0.3, 4);
    }

    [Fact]
    public void Few_images_none_and_only_the_same_one_are_no_trouble()
    {
        foreach (var count in new[] { 0, 1 })
        {
            var search = DuplicateSearch.Find(MadeIndex.Of(MadeIndex.Rows(count, 5)));
            Assert.Equal((0.98, false), (search.Suggestion.Cosine, search.Suggestion.IsFromData));
            Assert.Empty(search.Nearest);
            Assert.Empty(search.Histogram());
            Assert.Empty(search.Groups(search.Lowest));
            Assert.Empty(search.PairsAt(search.Lowest, 4));
        }
        var same = DuplicateSearch.Find(MadeIndex.Of([.. Enumerable.Repeat(new float[] { 1, 2, 3 }, 70)]));
        Assert.Equal(70, Assert.Single(same.Groups(same.Suggestion.Cosine)).Images.Count);
    }

    [Fact]
    public void Thresholds_that_were_not_announced_or_are_no_cosines_are_refused()
    {
        var index = MadeIndex.Of(MadeIndex.Rows(100, 24));
        Assert.Throws<SettingsException>(() => DuplicateSearch.Find(index, 1.01));
        Assert.Throws<SettingsException>(() => DuplicateSearch.Find(index, double.NaN));
        var search = DuplicateSearch.Find(index);
        Assert.Throws<EmbeddingException>(() => search.Groups(search.Lowest - 0.01));
        Assert.Throws<OperationCanceledException>(() =>
            DuplicateSearch.Find(index, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-5;

    private static IEnumerable<string> Components(List<float[]> rows, double threshold)
    {
        var seen = new HashSet<int>();
        var found = new List<string>();
        for (var start = 0; start < rows.Count; start++)
        {
            if (!seen.Add(start)) continue;
            var group = new SortedSet<int> { start };
            for (var open = new Queue<int>(group); open.TryDequeue(out var at);)
                for (var j = 0; j < rows.Count; j++)
                    if (MadeIndex.Cosine(rows[at], rows[j]) >= threshold && seen.Add(j))
                    {
                        group.Add(j);
                        open.Enqueue(j);
                    }
            if (group.Count > 1) found.Add(string.Join(' ', group));
        }
        return found.Order(StringComparer.Ordinal);
    }
}
