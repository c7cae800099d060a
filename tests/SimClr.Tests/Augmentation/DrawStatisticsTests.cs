using System.Text.Json;
using SimClr.Augmentation;
using SimClr.Numerics;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Augmentation;

/// <summary>Our draws against 200,000 crops and 50,000 jitters drawn by torchvision; two-sample tests with fixed seeds.</summary>
public class DrawStatisticsTests
{
    private const int Draws = 200_000;

    private static readonly JsonElement Index = Golden.Json("aug_dist.json");
    private static readonly Golden Arrays = Golden.Arrays("aug_dist.safetensors");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Crops_have_torchvisions_moments_and_fallback_rate(int which)
    {
        var reference = Index.GetProperty("random_resized_crop")[which];
        var (height, width) = (reference.GetProperty("height").GetInt32(), reference.GetProperty("width").GetInt32());
        var boxes = Crops(width, height);
        Assert.All(boxes, b => Assert.True(b.LiesIn(width, height)));
        SameMean(reference.GetProperty("area_fraction"), [.. boxes.Select(b => (double)b.Height * b.Width / width / height)]);
        SameMean(reference.GetProperty("log_aspect"), [.. boxes.Select(b => Math.Log((double)b.Width / b.Height))]);
        SameMean(reference.GetProperty("h"), [.. boxes.Select(b => (double)b.Height)]);
        SameMean(reference.GetProperty("w"), [.. boxes.Select(b => (double)b.Width)]);
        // Positions are independent of sizes, so the expected position is half of the free play.
        SameMean(reference.GetProperty("rel_top"), RelativePositions(boxes, b => b.Top, b => height - b.Height, reference));
        SameMean(reference.GetProperty("rel_left"), RelativePositions(boxes, b => b.Left, b => width - b.Width, reference));

        var rate = reference.GetProperty("fallback_rate").GetDouble();
        if (reference.GetProperty("fallback_box").ValueKind == JsonValueKind.Null) return;
        var fallback = FallbackBox(reference);
        var share = boxes.Count(b => b == fallback) / (double)Draws;
        // Five standard errors of a difference of two rates; a drawn box equals the fallback once in some ten thousand.
        Assert.Equal(rate, share, 5 * Math.Sqrt(rate * (1 - rate) * 2 / Draws) + 1e-4);
    }

    [Fact]
    public void Crop_sizes_of_a_CIFAR_image_are_distributed_as_torchvisions()
    {
        var counts = new long[33 * 33];
        foreach (var box in Crops(32, 32)) counts[box.Height * 33 + box.Width]++;
        var reference = Index.GetProperty("random_resized_crop")[0].GetProperty("hw_counts").GetString()!;
        SameCounts(Arrays.Int64(reference), counts);
    }

    [Theory]
    [InlineData("area_quantiles_1001")]
    [InlineData("aspect_quantiles_1001")]
    public void Crops_of_a_large_image_are_distributed_as_torchvisions(string name)
    {
        var quantiles = Arrays.Float64(Index.GetProperty("random_resized_crop")[1].GetProperty(name).GetString()!);
        double[] values = [.. Crops(500, 375).Select(b => name.StartsWith("area", StringComparison.Ordinal)
            ? (double)b.Height * b.Width / (500 * 375)
            : (double)b.Width / b.Height)];
        Array.Sort(values);
        var distance = 0.0;
        for (var level = 1; level < 1000; level++)
        {
            // Values are fractions of whole pixels and tie: the level must lie between "below" and "not above".
            var below = Rank(values, quantiles[level] - 1e-9) / (double)Draws;
            var notAbove = Rank(values, quantiles[level] + 1e-9) / (double)Draws;
            distance = Math.Max(distance, Math.Max(below - level / 1000.0, level / 1000.0 - notAbove));
        }
        // Kolmogorov-Smirnov at p = 1e-3 for two samples of 200,000, and the spacing of the stored quantiles.
        Assert.True(distance < 1.95 * Math.Sqrt(2.0 / Draws) + 1e-3, $"distance {distance}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Jitter_factors_and_orders_are_distributed_as_torchvisions(int which)
    {
        var reference = Index.GetProperty("color_jitter")[which];
        var strength = reference.GetProperty("strength").GetDouble();
        var policy = new AugmentationPolicy(32, null, [new ColorJitter { Strength = strength, Probability = 1 }]);
        var n = reference.GetProperty("draws").GetInt32();
        var jitters = new ColorJitterDraw[n];
        for (var i = 0; i < n; i++)
        {
            var random = new CounterRandom(11, which, i, 0, DrawPurpose.View);
            jitters[i] = policy.Draw(32, 32, ref random).Get<ColorJitterDraw>(0);
        }
        Uniform(reference, "brightness", jitters.Select(j => (double)j.Brightness));
        Uniform(reference, "contrast", jitters.Select(j => (double)j.Contrast));
        Uniform(reference, "saturation", jitters.Select(j => (double)j.Saturation));
        Uniform(reference, "hue", jitters.Select(j => (double)j.Hue));
        var orders = jitters
            .CountBy(j => $"{(int)j.Order.First}{(int)j.Order.Second}{(int)j.Order.Third}{(int)j.Order.Fourth}")
            .ToDictionary();
        var named = reference.GetProperty("order_counts").EnumerateObject().ToArray();
        Assert.Equal(24, orders.Count);
        SameCounts([.. named.Select(o => o.Value.GetInt64())], [.. named.Select(o => (long)orders[o.Name])]);
    }

    [Fact]
    public void Every_probability_is_kept_and_draws_are_independent()
    {
        var policy = AugmentationPolicy.Paper(224);
        const int n = 50_000;
        int flips = 0, jitters = 0, grays = 0, blurs = 0, flipsAndBlurs = 0;
        for (var i = 0; i < n; i++)
        {
            var random = new CounterRandom(5, 0, i, 0, DrawPurpose.View);
            var view = policy.Draw(64, 48, ref random);
            if (view.Applies(0)) flips++;
            if (view.Applies(1)) jitters++;
            if (view.Applies(2)) grays++;
            if (view.Applies(3)) { blurs++; Assert.InRange(view.Get<float>(3), 0.1f, 2f); }
            if (view.Applies(0) && view.Applies(3)) flipsAndBlurs++;
        }
        static void Rate(double expected, int count) =>
            Assert.Equal(expected, count / (double)n, 5 * Math.Sqrt(expected * (1 - expected) / n)); // five standard errors
        Rate(0.5, flips);
        Rate(0.8, jitters);
        Rate(0.2, grays);
        Rate(0.5, blurs);
        Rate(0.25, flipsAndBlurs);
    }

    private static CropBox[] Crops(int width, int height)
    {
        var crop = new RandomResizedCrop();
        var boxes = new CropBox[Draws];
        for (var i = 0; i < Draws; i++)
        {
            var random = new CounterRandom(2024, 0, i, 0, DrawPurpose.View);
            boxes[i] = crop.Draw(width, height, ref random);
        }
        return boxes;
    }

    private static double[] RelativePositions(CropBox[] boxes, Func<CropBox, int> position, Func<CropBox, int> play,
        JsonElement reference)
    {
        var fallback = FallbackBox(reference);
        return [.. boxes.Where(b => b != fallback && play(b) > 0).Select(b => (double)position(b) / play(b))];
    }

    private static CropBox FallbackBox(JsonElement reference)
    {
        var box = reference.GetProperty("fallback_box");
        return box.ValueKind == JsonValueKind.Null
            ? default
            : new CropBox(box[0].GetInt32(), box[1].GetInt32(), box[2].GetInt32(), box[3].GetInt32());
    }

    private static void Uniform(JsonElement reference, string name, IEnumerable<double> sample)
    {
        double[] values = [.. sample.Order()];
        SameMean(reference.GetProperty(name), values);
        var range = reference.GetProperty(name + "_range");
        var (low, high) = (range[0].GetDouble(), range[1].GetDouble());
        // Kolmogorov-Smirnov against the straight line at p = 1e-3.
        var distance = values.Select((v, i) => Math.Abs((v - low) / (high - low) - (i + 0.5) / values.Length)).Max();
        Assert.True(distance < 1.95 / Math.Sqrt(values.Length), $"{name}: distance {distance}");
    }

    private static void SameMean(JsonElement reference, double[] values)
    {
        var (mean, std) = (reference.GetProperty("mean").GetDouble(), reference.GetProperty("std").GetDouble());
        // Five standard errors of the difference of two means; the two samples are about equally large.
        Assert.Equal(mean, values.Average(), 5 * std * Math.Sqrt(2.0 / values.Length));
    }

    /// <summary>Two-sample chi-square over the cells with enough counts, within five standard deviations.</summary>
    private static void SameCounts(long[] expected, long[] actual)
    {
        Assert.Equal(expected.Sum(), actual.Sum());
        double statistic = 0, restExpected = 0, restActual = 0;
        var cells = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var total = (double)expected[i] + actual[i];
            if (total < 20)
            {
                restExpected += expected[i];
                restActual += actual[i];
                continue;
            }
            statistic += (expected[i] - actual[i]) * (double)(expected[i] - actual[i]) / total;
            cells++;
        }
        var rest = restExpected + restActual;
        if (rest > 0) statistic += (restExpected - restActual) * (restExpected - restActual) / rest;
        Assert.True(Math.Abs(statistic - cells) < 5 * Math.Sqrt(2.0 * cells), $"chi-square {statistic} over {cells} cells");
    }

    /// <summary>How many of the sorted values lie below a bound.</summary>
    private static int Rank(double[] sorted, double bound)
    {
        var at = Array.BinarySearch(sorted, bound);
        return at < 0 ? ~at : at;
    }
}
