using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Evaluation;

public class KNearestNeighborsTests
{
    [Fact]
    public void Order_scores_and_accuracy_agree_with_the_reference_implementation()
    {
        var json = Golden.Json("knn.json");
        var golden = Golden.Arrays(json.GetProperty("file").GetString()!);
        var cases = 0;
        foreach (var set in json.GetProperty("sets").EnumerateArray())
        {
            string Name(string field) => set.GetProperty(field).GetString()!;
            var classes = set.GetProperty("num_classes").GetInt32();
            FeatureSet Features(string values, string labels) => new(
                golden.Float32(Name(values)), (int)golden.Shape(Name(values))[1],
                [.. golden.Int64(Name(labels)).Select(l => (int)l)], Synthetic.Names(classes));
            var (bank, query) = (Features("bank", "bank_labels"), Features("query", "query_labels"));
            foreach (var item in set.GetProperty("cases").EnumerateArray())
            {
                if (!item.GetProperty("f32_same_order").GetBoolean()) continue;
                cases++;
                var options = new KnnOptions
                {
                    K = item.GetProperty("k").GetInt32(),
                    Temperature = item.GetProperty("temperature").GetDouble(),
                };
                var order = golden.Int64(item.GetProperty("pred").GetString()!);
                var scored = golden.Int64(item.GetProperty("num_scored").GetString()!);
                var expected = golden.Float64(item.GetProperty("scores").GetString()!);
                var ranked = KNearestNeighbors.Rank(bank, query, options);
                var scores = KNearestNeighbors.Scores(bank, query, options);
                for (var q = 0; q < query.Count; q++)
                {
                    Assert.Equal(order.Skip(q * classes).Take((int)scored[q]), ranked[q].Select(c => (long)c));
                    var nearest = Similarities(bank, query, q).Max();
                    for (var c = 0; c < classes; c++)
                    {
                        // 1e-4 relative: a similarity is off by about 1e-6 in float32, and the exponent divides it by tau.
                        var score = scores[q * classes + c] * Math.Exp(nearest / options.Temperature);
                        Assert.Equal(expected[q * classes + c], score, 1e-4 * expected[q * classes + c] + 1e-12);
                    }
                }
                var result = KNearestNeighbors.Evaluate(bank, query, options);
                Assert.Equal(item.GetProperty("top1").GetDouble(), result.Top1, 1e-12);
                Assert.Equal(query.Count, result.TestCount);
            }
        }
        Assert.True(cases >= 10, $"only {cases} cases");
    }

    [Fact]
    public void Accuracy_agrees_with_brute_force_in_float64_on_features_of_any_length()
    {
        var bank = Synthetic.Classes(300, 6, 9, 0.7);
        var test = Synthetic.Classes(120, 6, 9, 0.7, part: 1);
        var (top1, top5) = (0, 0);
        for (var q = 0; q < test.Count; q++)
        {
            var similarities = Similarities(bank, test, q);
            var votes = new double[9];
            foreach (var i in Enumerable.Range(0, 300).OrderByDescending(i => similarities[i]).Take(20))
                votes[bank.Labels[i]] += Math.Exp(similarities[i] / 0.1);
            var best = Enumerable.Range(0, 9).Where(c => votes[c] > 0).OrderByDescending(c => votes[c]).ToArray();
            if (best[0] == test.Labels[q]) top1++;
            if (best.Take(5).Contains(test.Labels[q])) top5++;
        }
        Assert.InRange(top1, 30, 110); // neither hopeless nor trivial
        var result = KNearestNeighbors.Evaluate(bank, test, new KnnOptions { K = 20 });
        Assert.Equal(new KnnResult(top1 / 120.0, top5 / 120.0, 20, 120), result);
    }

    [Fact]
    public void Tiles_do_not_change_the_result()
    {
        // 1,500 queries need two tiles.
        var bank = Synthetic.Classes(400, 4, 3, 1);
        var test = Synthetic.Classes(1500, 4, 3, 1, part: 1);
        var whole = KNearestNeighbors.Rank(bank, test);
        var last = new FeatureSet(test.Values[(1400 * 4)..], 4, test.Labels[1400..], test.ClassNames);
        Assert.Equal(whole[1400..], KNearestNeighbors.Rank(bank, last));
    }

    [Fact]
    public void Threads_and_the_way_of_multiplying_do_not_change_the_labels()
    {
        var bank = Synthetic.Classes(700, 30, 5, 0.5);
        var test = Synthetic.Classes(150, 30, 5, 0.5, part: 1);
        var expected = KNearestNeighbors.Scores(bank, test, new KnnOptions { K = 60 });
        set_num_threads(3);
        try
        {
            Assert.Equal(expected, KNearestNeighbors.Scores(bank, test, new KnnOptions { K = 60 })); // bit for bit
        }
        finally
        {
            set_num_threads(1);
        }
    }

    [Fact]
    public void More_neighbors_than_the_bank_holds_means_all_of_it()
    {
        var bank = Synthetic.Classes(30, 4, 3, 1);
        var result = KNearestNeighbors.Evaluate(bank, Synthetic.Classes(20, 4, 3, 1, part: 1), new KnnOptions { K = 5000 });
        Assert.Equal(30, result.K);
    }

    [Fact]
    public void Images_without_a_label_neither_vote_nor_count()
    {
        var bank = Synthetic.Classes(60, 4, 3, 2);
        var test = Synthetic.Classes(30, 4, 3, 2, part: 1);
        var expected = KNearestNeighbors.Evaluate(bank, test, new KnnOptions { K = 5 });
        static FeatureSet Joined(FeatureSet unlabeled, FeatureSet set) => new(
            [.. unlabeled.Values, .. set.Values], 4, [.. unlabeled.Labels.Select(_ => -1), .. set.Labels], set.ClassNames);
        Assert.Equal(expected, KNearestNeighbors.Evaluate(Joined(test, bank), Joined(bank, test), new KnnOptions { K = 5 }));

        var none = bank with { Labels = [.. Enumerable.Repeat(-1, 60)] };
        var error = Assert.Throws<ArgumentException>(() => KNearestNeighbors.Evaluate(none, test));
        Assert.Contains("no labeled", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => KNearestNeighbors.Evaluate(bank, none));
    }

    [Fact]
    public void Any_temperature_is_finite_and_a_low_one_follows_the_nearest()
    {
        var bank = Synthetic.Classes(90, 4, 3, 1);
        var test = Synthetic.Classes(30, 4, 3, 1, part: 1);
        var ranked = KNearestNeighbors.Rank(bank, test, new KnnOptions { Temperature = 1e-6 });
        for (var q = 0; q < test.Count; q++)
        {
            var similarities = Similarities(bank, test, q);
            Assert.Equal(bank.Labels[Array.IndexOf(similarities, similarities.Max())], ranked[q][0]);
        }
    }

    [Fact]
    public void Settings_and_sets_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KnnOptions { K = 0 }.Validated());
        Assert.Throws<ArgumentOutOfRangeException>(() => new KnnOptions { Temperature = 0 }.Validated());
        Assert.Throws<ArgumentOutOfRangeException>(() => new KnnOptions { Temperature = double.NaN }.Validated());
        var set = Synthetic.Classes(6, 2, 3, 1);
        Assert.Throws<ArgumentException>(() => KNearestNeighbors.Evaluate(set, Synthetic.Classes(6, 3, 3, 1)));
        Assert.Throws<ArgumentException>(() => KNearestNeighbors.Evaluate(set, Synthetic.Classes(6, 2, 2, 1)));
        Assert.Throws<ArgumentException>(() => (set with { Labels = [0, 1, 2, 3, 0, 1] }).Validated());
        Assert.Throws<ArgumentException>(() => (set with { Dimension = 3 }).Validated());
        var diverged = set with { Values = [.. set.Values[..7], float.NaN, .. set.Values[8..]] };
        var error = Assert.Throws<ArgumentException>(() => KNearestNeighbors.Evaluate(set, diverged));
        Assert.Contains("vector 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_tensors_are_left_behind()
    {
        var set = Synthetic.Classes(60, 4, 3, 2);
        KNearestNeighbors.Evaluate(set, set);
        var before = LiveTensors.Count();
        KNearestNeighbors.Evaluate(set, set);
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static double[] Similarities(FeatureSet bank, FeatureSet queries, int query) =>
        [.. Enumerable.Range(0, bank.Count).Select(i =>
        {
            double product = 0, a = 0, b = 0;
            for (var j = 0; j < bank.Dimension; j++)
            {
                double x = bank.Row(i)[j], y = queries.Row(query)[j];
                (product, a, b) = (product + x * y, a + x * x, b + y * y);
            }
            return product / Math.Sqrt(a * b);
        })];
}
