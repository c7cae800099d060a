using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Settings;
using SimClr.Studies;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.Torch.Tests.Studies;

public sealed class DuplicateQualityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Copies_are_altered_as_they_say_and_the_same_each_time()
    {
        var source = Shapes.Open(60, 40).Train;
        var planted = new PlantedCopies(source, Enum.GetValues<CopyKind>(), 12, seed: 3);
        Assert.Equal(source.Count + 60, planted.Count);
        Assert.Equal(60, planted.Pairs.Select(pair => pair.Original).Distinct().Count());
        Assert.All(planted.Pairs.GroupBy(pair => pair.Kind), kind => Assert.Equal(12, kind.Count()));
        foreach (var (original, copy, kind) in planted.Pairs)
        {
            var (before, after) = (source.Load(original), planted.Load(copy));
            Assert.Equal(source.Label(original), planted.Label(copy));
            Assert.True(after.Pixels.SequenceEqual(planted.Load(copy).Pixels));
            if (kind == CopyKind.Cropped)
            {
                Assert.InRange(after.Width, 34, 39);
                Assert.InRange(after.Height, 34, 39);
                continue;
            }
            if (kind == CopyKind.CroppedTo80)
            {
                Assert.Equal((36, 36), (after.Width, after.Height)); // 81 %
                continue;
            }
            Assert.Equal((before.Width, before.Height), (after.Width, after.Height));
            if (kind == CopyKind.Mirrored)
            {
                for (var x = 0; x < 40; x++)
                    Assert.Equal(before.Pixels.Slice(3 * (40 * 7 + x), 3), after.Pixels.Slice(3 * (40 * 7 + 39 - x), 3));
                continue;
            }
            var ratio = Mean(after) / Mean(before);
            // Bright images end at 255, so the ratio may be nearer to 1 than the factor.
            if (kind == CopyKind.Brightened) Assert.True(ratio is > 0.69 and < 0.91 or > 1.005 and < 1.31, $"{ratio}");
            else Assert.InRange(ratio, 0.97, 1.03);
        }
        Assert.Throws<DataException>(() => new PlantedCopies(source, [CopyKind.Cropped], 61, 1));
    }

    [Fact]
    public void Curves_count_what_comparing_all_pairs_counts()
    {
        var rows = MadeIndex.Rows(160, 12);
        var copies = Enumerable.Range(0, 30).Select(i => (Original: 4 * i, Copy: 4 * i + 3)).ToList();
        var set = MadeIndex.Of(rows).Features();
        foreach (var check in new Func<int, int, bool>?[] { null, (i, j) => (i + j) % 5 != 0 })
        {
            var curve = DuplicateCurve.Compute(set, copies, check, default);
            foreach (var (threshold, recall, precision) in curve.Points)
            {
                if (threshold > 0.9999) continue; // several within rounding of each other
                // Some rounding of float32: cosines here are of float64 sums.
                var pairs = (from i in Enumerable.Range(0, 160)
                             from j in Enumerable.Range(i + 1, 159 - i)
                             where MadeIndex.Cosine(rows[i], rows[j]) >= threshold - 2e-7 && (check?.Invoke(i, j) ?? true)
                             select (i, j)).ToList();
                var right = pairs.Count(copies.Contains);
                Assert.Equal((double)right / copies.Count, recall, 1e-9);
                Assert.Equal((double)right / pairs.Count, precision, 1e-9);
            }
            Assert.NotEmpty(curve.Points);
            Assert.InRange(curve.AveragePrecision, 0.05, 1);
            var best = curve.At(0.9);
            if (best is { } at) Assert.Equal(curve.Above(at.Threshold), (at.Recall, at.Precision));
        }
        Assert.Equal((0, 1), DuplicateCurve.Compute(set, copies, (_, _) => false, default).Above(0));
    }

    [Fact]
    public void Precision_of_search_is_the_share_of_the_right_class()
    {
        var set = new FeatureSet([1, 0, 0.9f, 0.1f, 0, 1, 0.1f, 0.9f], 2, [0, 1, 1, 1], Synthetic.Names(2));
        var queries = new FeatureSet([1, 0.01f, 0.01f, 1], 2, [0, 1], Synthetic.Names(2));
        var score = RetrievalQuality.Score("x", set, queries, 2);
        Assert.Equal([0.5, 1], score.ByClass.Values);
        Assert.Equal(0.75, score.Precision);
    }

    [Fact]
    public void Both_measure_a_small_run_beside_what_learned_nothing()
    {
        var run = _folder.At("run");
        Pretrainer.Run(
            new()
            {
                Model = new() { Width = 0.25, ImageSize = 16 },
                Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
                BatchSize = 20,
                Views = new() { Blur = 0 },
            }, "shapes:60", run);
        var quality = DuplicateQuality.Measure(
            new() { Run = run, Data = "shapes:300", Limit = 80, Copies = 10, Threads = 1, Plot = _folder.At("curves.png") });
        Assert.Equal((80, 30), (quality.Originals, quality.Copies));
        string[] names = ["encoder", "projection", "random encoder", "raw pixels"];
        Assert.Equal(names, quality.Scores.Take(4).Select(score => score.Name));
        Assert.All(quality.Scores, score => Assert.InRange(score.AveragePrecision, 0, 1));
        Assert.True(quality.Scores[3].AveragePrecision > 0.5); // shapes differ in their pixels
        Assert.Equal(["reencoded", "cropped", "brightened"], quality.Scores[0].RecallByKind!.Keys);
        Assert.True(ImageCodec.Decode(File.ReadAllBytes(_folder.At("curves.png"))).Width == 720);
        var turned = DuplicateQuality.Measure(
            new() { Run = run, Data = "shapes:300", Limit = 80, Copies = 10, Threads = 1, Kinds = [CopyKind.Mirrored] });
        var both = Assert.Single(turned.Scores, score => score.Name == "encoder, both ways round");
        Assert.Equal(1, both.RecallByKind!["mirrored"]);
        Assert.Throws<SettingsException>(() => DuplicateQuality.Measure(new() { Run = run, Data = "shapes", Kinds = [] }));
        var retrieval = RetrievalQuality.Measure(new() { Run = run, Data = "shapes:60", K = 5, Compute = new() { Threads = 1 } });
        Assert.Equal(names, retrieval.Scores.Select(score => score.Name));
        Assert.All(retrieval.Scores, score => Assert.Equal(10, score.ByClass.Count));
        Assert.Throws<SettingsException>(() => DuplicateQuality.Measure(new() { Run = run, Data = "shapes", Copies = 0 }));
        Assert.Throws<SettingsException>(() => DuplicateQuality.Measure(new() { Run = run, Data = "shapes", Part = "all" }));
    }

    private static double Mean(RgbImage image)
    {
        var sum = 0.0;
        foreach (var value in image.Pixels) sum += value;
        return sum / image.Pixels.Length;
    }
}
