using System.Runtime.Intrinsics.X86;
using CsCheck;
using SimClr.Features;
using SimClr.Native;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Features;

public sealed class NearestNeighborSearchTests
{
    public NearestNeighborSearchTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(33, 9, 5, 7)]
    [InlineData(500, 130, 200, 50)]   // two blocks of queries, two depths, lists that overflow
    [InlineData(2000, 20, 16, 3)]     // many overflows
    [InlineData(300, 40, 129, 300)]   // all are neighbors
    [InlineData(64, 8, 128, 64)]
    public void The_nearest_are_those_of_brute_force_in_float64(int count, int queryCount, int dimension, int k)
    {
        var (bank, queries) = (Random(count, dimension, 1), Random(queryCount, dimension, 2));
        var rows = Enumerable.Range(0, count).Reverse().Where(i => count < 10 || i % 7 != 0).ToArray();
        k = Math.Min(k, rows.Length);
        foreach (var found in Ways(new NearestNeighborSearch(bank, rows, k) { Workers = 2 }, queries))
        {
            for (var q = 0; q < queryCount; q++)
            {
                var similarities = Array.ConvertAll(rows, row => Cosine(bank.Row(row), queries.Row(q)));
                var best = similarities.OrderDescending().Take(k).ToArray();
                Assert.Equal(k, found[q].Select(n => n.Row).Distinct().Count());
                for (var i = 0; i < k; i++)
                {
                    // Sums of up to 200 products of float32 lie within 1e-6; neighbors nearer to each other may change places.
                    Assert.Equal(similarities[found[q][i].Row], found[q][i].Similarity, 1e-6);
                    Assert.Equal(best[i], similarities[found[q][i].Row], 2e-6);
                }
            }
        }
    }

    [Fact]
    public void Of_equally_near_ones_the_first_in_the_bank_are_taken()
    {
        if (!Avx512F.IsSupported) Assert.Skip("libtorch's product may round equal columns differently.");
        var distinct = Random(300, 12, 3);
        var bank = distinct with
        {
            Values = [.. distinct.Values, .. distinct.Values, .. distinct.Values],
            Labels = new int[900],
        };
        var search = new NearestNeighborSearch(bank, [.. Enumerable.Range(0, 900)], 100);
        foreach (var list in Collected(20, visit => search.RunInTiles(Random(20, 12, 4), visit)))
        {
            var expected = list.Select(n => n.Row % 300).Distinct().SelectMany(row => new[] { row, row + 300, row + 600 })
                .Take(100);
            Assert.Equal(expected, list.Select(n => n.Row));
        }
    }

    [Fact]
    public void A_bank_of_one_vector_many_times_is_taken_from_the_front()
    {
        var bank = new FeatureSet([.. Enumerable.Repeat(0.3f, 4 * 500)], 4, new int[500], ["one"]);
        foreach (var found in Ways(new NearestNeighborSearch(bank, [.. Enumerable.Range(0, 500)], 30), bank))
            Assert.All(found, list => Assert.Equal(Enumerable.Range(0, 30), list.Select(n => n.Row)));
    }

    [Fact]
    public void Vectors_of_zeros_are_as_near_to_all()
    {
        var bank = new FeatureSet([0, 0, 1, 0, 0, 0, -1, 0], 2, new int[4], ["one"]);
        foreach (var found in Ways(new NearestNeighborSearch(bank, [0, 1, 2, 3], 4), bank))
        {
            Assert.Equal([0, 1, 2, 3], found[0].Select(n => n.Row)); // -0 is no less than 0
            Assert.Equal([1, 0, 2, 3], found[1].Select(n => n.Row));
        }
    }

    [Fact]
    public void Results_are_the_same_on_any_number_of_threads()
    {
        if (!Avx512F.IsSupported) Assert.Skip("This is the tiles' promise, which need AVX-512.");
        var (bank, queries) = (Random(900, 40, 5), Random(300, 40, 6));
        List<Neighbor[]> On(int workers)
        {
            var search = new NearestNeighborSearch(bank, [.. Enumerable.Range(0, 900)], 25) { Workers = workers };
            return Collected(300, visit => search.RunInTiles(queries, visit));
        }
        Assert.Equal(On(1), On(7));
    }

    [Fact]
    public void Lists_keep_what_sorting_would_keep()
    {
        var similarity = Gen.OneOf(Gen.Float[-1, 1], Gen.Int[0, 3].Select(i => new[] { -0f, 0f, 0.5f, -0.5f }[i]));
        Gen.Select(Gen.Int[1, 40], similarity.Array[1, 700]).Sample((k, values) =>
        {
            k = Math.Min(k, values.Length);
            var lists = new NearestLists(2, k, values.Length);
            for (var start = 0; start < values.Length; start += 37)
                Offer(lists, 1, values, start, Math.Min(37, values.Length - start));
            Assert.Equal(
                values.Select((value, row) => (value, row)).OrderByDescending(p => p.value + 0f).ThenBy(p => p.row).Take(k)
                    .Select(p => p.row),
                lists.Nearest(1).ToArray().Select(key => new Neighbor(key).Row));
        });
    }

    [Fact]
    public void The_greatest_come_first()
    {
        Gen.Select(Gen.ULong[0, 50].Array[0, 200], Gen.Int[0, 200]).Sample((values, count) =>
        {
            count = Math.Min(count, values.Length);
            var selected = values.ToArray();
            Selection.Greatest(selected, count);
            Assert.Equal(values.OrderDescending().Take(count), selected.Take(count).OrderDescending());
            Assert.Equal(values.Order(), selected.Order());
        });
    }

    [Fact]
    public void A_neighbor_is_one_number_and_back()
    {
        Gen.Select(Gen.Float[-1, 1], Gen.Int[0, int.MaxValue]).Sample((similarity, row) =>
        {
            var neighbor = new Neighbor(similarity, row);
            Assert.Equal((similarity + 0f, row), (neighbor.Similarity, neighbor.Row));
        });
        Assert.True(new Neighbor(0.5f, 3).Key > new Neighbor(0.5f, 4).Key);
        Assert.True(new Neighbor(-0.5f, 3).Key > new Neighbor(-0.6f, 3).Key);
        Assert.True(new Neighbor(float.Epsilon, 9).Key > new Neighbor(-0f, 0).Key);
        Assert.Equal(new Neighbor(0f, 9), new Neighbor(-0f, 9));
    }

    private static unsafe void Offer(NearestLists lists, int query, float[] values, int start, int count)
    {
        fixed (float* first = values) lists.Offer(query, first + start, count, start);
    }

    private static List<List<Neighbor[]>> Ways(NearestNeighborSearch search, FeatureSet queries)
    {
        List<List<Neighbor[]>> ways = [Collected(queries.Count, visit => search.RunInPieces(queries, CPU, visit))];
        if (Avx512F.IsSupported) ways.Add(Collected(queries.Count, visit => search.RunInTiles(queries, visit)));
        return ways;
    }

    /// <summary>The neighbors of each query; each query must be reported once.</summary>
    private static List<Neighbor[]> Collected(int queries, Action<NearestNeighborSearch.Visitor> run)
    {
        var found = new Neighbor[queries][];
        run((query, _, neighbors) => Assert.Null(Interlocked.Exchange(
            ref found[query], Array.ConvertAll(neighbors.ToArray(), key => new Neighbor(key)))));
        Assert.All(found, Assert.NotNull);
        return [.. found];
    }

    private static FeatureSet Random(int count, int dimension, int seed)
    {
        var random = new CounterRandom(8, seed, 0, 0, DrawPurpose.Shape);
        var values = new float[count * dimension];
        for (var i = 0; i < values.Length; i++) values[i] = (float)random.NextNormal();
        return new FeatureSet(values, dimension, new int[count], ["one"]);
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (product, x, y) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
            (product, x, y) = (product + (double)a[i] * b[i], x + (double)a[i] * a[i], y + (double)b[i] * b[i]);
        return product / Math.Sqrt(x * y);
    }
}
